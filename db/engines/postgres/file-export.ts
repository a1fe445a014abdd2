/**
 * Files that are read out of one cursor: a consistent snapshot in constant memory. A reader that stops reading may not keep a
 * connection for long.
 */
import type { Sql } from 'postgres'
import { AppError } from '../../../lib/errors.ts'
import type { Log } from '../../../lib/log.ts'
import { openForReaders } from './open-sql.ts'

/** How long a reader may take no data. */
const STALL_MS = 30_000
/** Each holds a database connection. */
const MOST_AT_ONCE = 2

export type OpenExport = (textOf: (reader: Sql) => AsyncGenerator<string>) => ReadableStream<Uint8Array>

/** A function that exports to at most a few readers at once; throws AppError busy for more. */
export function createExports(sql: Sql, log: Log, stall_ms = STALL_MS): OpenExport {
  const reader = openForReaders(sql, MOST_AT_ONCE)
  let running = 0
  return (textOf) => {
    if (running >= MOST_AT_ONCE)
      throw new AppError(
        'busy',
        'export_busy',
        {
          en: `${running} exports are running; try again in a moment.`,
          pt: `Já há ${running} exportações em andamento; tente de novo daqui a pouco.`,
        },
        {
          retry_after_s: 5,
        },
      )
    running++
    return streamOf(textOf(reader), stall_ms, (err) => {
      running--
      // Frees the rows' memory now rather than at the next export.
      Bun.gc(false)
      if (err) log.warn({ err }, 'an export ended early')
    })
  }
}

/** `head`, and a line for each row; the database prepares the next batch while this one is written and sent. */
export async function* linesOf<Row>(
  rows: AsyncIterable<Row[]>,
  head: string,
  lineOf: (row: Row) => string,
): AsyncGenerator<string> {
  const batches = rows[Symbol.asyncIterator]()
  let next = batches.next()
  try {
    let chunk = head
    for (let { done, value } = await next; !done; { done, value } = await next) {
      next = batches.next()
      for (const row of value!) chunk += lineOf(row)
      yield chunk
      chunk = ''
    }
    if (chunk !== '') yield chunk
  } finally {
    // The cursor accepts its end only after its pending answer, also when the reader has stopped.
    await next.catch(() => {})
    await batches.return?.()
  }
}

/**
 * Pulls a chunk when the reader wants one; ends the source when it is done, fails, or nobody reads. An early end breaks
 * the stream off, so that half a file cannot pass for a whole one.
 */
function streamOf(source: AsyncGenerator<string>, stall_ms: number, ended: (err?: unknown) => void) {
  const encoder = new TextEncoder()
  let open = true
  let stalled: Timer | undefined
  const end = async (err?: unknown) => {
    clearTimeout(stalled)
    if (!open) return
    open = false
    ended(err)
    await source.return(undefined)
  }
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      clearTimeout(stalled)
      const fail = async (err: unknown) => {
        controller.error(err)
        await end(err)
      }
      try {
        const { done, value } = await source.next()
        if (!open) return
        if (done) {
          await end()
          controller.close()
          return
        }
        controller.enqueue(encoder.encode(value))
        const why = new AppError('stalled', 'export_stalled', {
          en: `Nothing was read for ${stall_ms / 1000} s.`,
          pt: `Nada foi lido durante ${stall_ms / 1000} s.`,
        })
        stalled = setTimeout(() => void fail(why), stall_ms)
      } catch (thrown) {
        await fail(thrown)
      }
    },
    cancel: () => end(),
  })
}
