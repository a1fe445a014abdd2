/** Measures each statement, and traces those that belong to a trace. The driver calls it (patches/). */
import type { Attributes } from '../../../lib/tracing/tracing.ts'
import type { Watch } from '../../../lib/watch.ts'

/** A statement of postgres.js that is about to be sent, or to wait for a connection. */
interface Statement {
  strings: readonly string[]
  /** Written as a template: its text holds no value. */
  tagged: boolean
  resolve(answer: unknown): void
  reject(reason: unknown): void
}

const MAX_TEXT = 500

export function watchStatements({ metrics, tracing }: Watch): (statement: Statement) => void {
  const took = metrics.histogram(
    'doca_sql_statement_duration_seconds',
    'Statements, with what they waited for a connection, until they were answered or failed.',
    ['outcome'],
  )
  const OK = ['ok']
  const FAILED = ['failed']
  return (statement) => {
    const begun_at = performance.now()
    const { resolve, reject } = statement
    const part = tracing.part('sql', SYSTEM)
    part?.tell(...about(statement))
    statement.resolve = (answer) => {
      took(OK, (performance.now() - begun_at) / 1000)
      part?.end()
      resolve(answer)
    }
    statement.reject = (reason) => {
      took(FAILED, (performance.now() - begun_at) / 1000)
      part?.end(reason)
      reject(reason)
    }
  }
}

const SYSTEM: Attributes = { 'db.system.name': 'postgresql' }

/** Its text, with ? for values and for parts that are templates of their own, and its first word as the span's name. */
function about({ strings, tagged }: Statement): [Attributes, string] {
  const text = strings.join('?').trim().replaceAll(/\s+/g, ' ')
  const [name = 'sql'] = /^\w+/.exec(text) ?? []
  return [{ 'db.operation.name': name, ...(tagged && { 'db.query.text': text.slice(0, MAX_TEXT) }) }, name]
}
