import { storableName } from '../engines/postgres/storable.ts'
import type { AuditEntry } from './audit.ts'

export interface NamedFile {
  bytes: Uint8Array
  /** What its owner calls it; undefined where nobody says. */
  name?: string | undefined
}

/** What the audit says of a file that somebody sent: its name, its size and its checksum. */
export async function auditedFile({
  bytes,
  name,
}: NamedFile): Promise<Required<Pick<AuditEntry, 'target' | 'details'>>> {
  // Not on this thread, which 25 MB would keep for 30 ms.
  const hash = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>)
  return {
    target: name === undefined ? null : storableName(name),
    details: { size_bytes: bytes.length, sha256: Buffer.from(hash).toString('hex') },
  }
}
