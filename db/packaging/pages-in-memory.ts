/**
 * The pages that this process gave out last, of the newest epoch that it has seen, under a bound of bytes. Readers that ask
 * for the same page while it is on its way share it.
 */
import { LRUCache } from 'lru-cache'

const MAX_BYTES = 8 * 1024 * 1024

/** JSON as UTF-8. */
export type Page = Uint8Array<ArrayBuffer>

interface Options {
  max_bytes?: number
  /** A clock, for tests. */
  now_ms?: () => number
}

/** Returns a function that gives the page for `question` at `epoch`, by `read` if it is not there. Failures are not kept. */
export function createPagesInMemory(ttl_ms: number, { max_bytes = MAX_BYTES, now_ms }: Options = {}) {
  let page_epoch: number | undefined
  // Numbers of epochs go back after a restore; those of generations do not.
  let generation = 0
  const pages = new LRUCache<string, Page, () => Promise<Page>>({
    maxSize: max_bytes,
    sizeCalculation: ({ byteLength }) => byteLength,
    ttl: ttl_ms,
    ...(now_ms && { perf: { now: now_ms }, ttlResolution: 0 }),
    fetchMethod: (_key, _stale, { context }) => context(),
    // Readers of an epoch that is over get their page nevertheless.
    ignoreFetchAbort: true,
  })

  return async (epoch: number, question: string, read: () => Promise<Page>): Promise<Page> => {
    if (epoch !== page_epoch) {
      page_epoch = epoch
      generation++
      pages.clear()
    }
    return (await pages.fetch(`${generation} ${question}`, { context: read }))!
  }
}
