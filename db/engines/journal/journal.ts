/** The journal role: small documents that say what was attempted, found by key, gone after their time to live. */

export interface JournalDocument {
  /** Writing the same id again replaces the document. */
  id: string
  /** Documents are found by it, e.g. a message_id. */
  key: string
  at: Date
  data: Record<string, unknown>
}

export interface Journal {
  write(collection: string, documents: JournalDocument[], ttl_s: number): Promise<void>
  /** Oldest first; expired documents are never returned. */
  find(collection: string, key: string, limit: number): Promise<JournalDocument[]>
  close(): Promise<void>
}
