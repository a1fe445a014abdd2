/**
 * The catalogue as CSV (tags joined by semicolons), streamed from one cursor: a consistent snapshot in constant memory. A
 * reader that stops reading may not keep a connection for long.
 */
import type { Sql } from 'postgres'
import {
  exportPackaging,
  PACKAGING_FIELDS,
  type PackagingField,
  type PackagingFilters,
  type PackagingValues,
} from './packaging.ts'
import { DECIMALS } from './limits.ts'
import { openForReaders } from '../engines/postgres/open-sql.ts'
import { AppError } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import { csvDecimal, csvRow, PLAIN_CSV, type CsvForm } from '../../lib/csv.ts'

const BATCH_ROWS = 1000
/** How long a reader may take no data. */
const STALL_MS = 30_000
/** Each holds a database connection. */
const MOST_AT_ONCE = 2

/** A function that exports to at most a few readers at once; throws AppError busy for more. */
export function createExporter(sql: Sql, log: Log, stall_ms = STALL_MS) {
  const reader = openForReaders(sql, MOST_AT_ONCE)
  let running = 0
  return (filters: PackagingFilters, form = PLAIN_CSV): ReadableStream<Uint8Array> => {
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
    return streamOf(csvChunks(reader, filters, form), stall_ms, (err) => {
      running--
      // Frees the rows' memory now rather than at the next export.
      Bun.gc(false)
      if (err) log.warn({ err }, 'an export ended early')
    })
  }
}

async function* csvChunks(sql: Sql, filters: PackagingFilters, form: CsvForm): AsyncGenerator<string> {
  const batches = exportPackaging(sql, filters, BATCH_ROWS)[Symbol.asyncIterator]()
  // The database prepares the next batch while this one is written and sent.
  let next = batches.next()
  try {
    let chunk = (form.bom ? '\ufeff' : '') + csvRow(PACKAGING_FIELDS, form)
    for (let { done, value } = await next; !done; { done, value } = await next) {
      next = batches.next()
      for (const row of value!) chunk += csvLine(row, form)
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

export function csvLine(row: PackagingValues, form = PLAIN_CSV): string {
  const cell = (field: PackagingField) => {
    const value = row[field]
    if (Array.isArray(value)) return value.join(';')
    return typeof value === 'string' && field in DECIMALS ? csvDecimal(value, form) : value
  }
  return csvRow(PACKAGING_FIELDS.map(cell), form)
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
