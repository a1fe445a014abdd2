/**
 * The pages that this process gave out last, of the newest epoch that it has seen, under a bound of bytes. A page that
 * is still being read is there, too: callers that ask for it meanwhile wait for the same.
 */
const MOST_BYTES = 8 * 1024 * 1024

/** JSON as UTF-8. */
export type Page = Uint8Array<ArrayBuffer>

interface Kept {
  page: Promise<Page> | Page
  size_bytes: number
  expires_ms: number
}

export function createPagesInMemory(ttl_ms: number, now_ms: () => number = Date.now, most_bytes = MOST_BYTES) {
  let pages = new Map<string, Kept>()
  let pages_epoch: number | undefined
  let size_bytes = 0

  /** Only of one epoch, also when the numbers go back, as after a restore. */
  function turnTo(epoch: number): void {
    if (epoch === pages_epoch) return
    pages = new Map()
    pages_epoch = epoch
    size_bytes = 0
  }

  function forget(question: string, kept: Kept): void {
    if (pages.get(question) !== kept) return
    pages.delete(question)
    size_bytes -= kept.size_bytes
  }

  return {
    get(epoch: number, question: string): Promise<Page> | Page | undefined {
      turnTo(epoch)
      const kept = pages.get(question)
      if (!kept) return undefined
      if (kept.expires_ms > now_ms()) return kept.page
      forget(question, kept)
    },

    /** Keeps the page that is coming and gives it back; one that fails is not kept. */
    async keep(epoch: number, question: string, coming: Promise<Page>): Promise<Page> {
      turnTo(epoch)
      const kept: Kept = { page: coming, size_bytes: 0, expires_ms: now_ms() + ttl_ms }
      pages.set(question, kept)
      try {
        const page = await coming
        if (pages.get(question) === kept) {
          kept.page = page
          kept.size_bytes = page.byteLength
          size_bytes += page.byteLength
          // The oldest first.
          for (const [other, it] of pages) if (size_bytes > most_bytes) forget(other, it)
        }
        return page
      } catch (err) {
        forget(question, kept)
        throw err
      }
    },
  }
}
