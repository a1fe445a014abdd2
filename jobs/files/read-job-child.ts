/** The child of read-job.ts: imports files of jobs as ordered, and answers with what they declare. */
import { answerOrders } from '../../lib/child/answer-orders.ts'
import { sentenceOf } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'
import { holidaysOf, type Holidays } from '../../lib/holidays.ts'
import { isJob } from '../job.ts'
import { isMonitor } from '../monitor.ts'
import { guardExit, THE_FILE } from '../worker/forbid-exit.ts'
import { placeOf } from './error-place.ts'
import type { ReadAnswer, ReadOrder } from './read-job.ts'
import { exactly, serveTexts } from './sources.ts'

process.on('unhandledRejection', () => {})
process.on('uncaughtException', () => {})

answerOrders<ReadOrder, ReadAnswer>(async ({ entry, texts }) => {
  serveTexts(new Map(Object.entries(texts)), exactly(Object.keys(texts)))
  const allowExit = guardExit(THE_FILE)
  try {
    const { default: job } = (await import(entry)) as { default?: unknown }
    const some: unknown[] = Array.isArray(job) ? job : [job]
    if (some.length > 0 && some.every(isMonitor)) return { monitors: some.map((one) => ({ ...one })) }
    if (!isJob(job)) return { error: NO_JOB, at: { file: entry, line: 1, column: 1 } }
    const { run: _, file: __, texts: ___, ...declared } = job
    const holidays = job.calendar === null ? null : await holidaysNear(job.calendar)
    return { declared: { ...declared, holidays } }
  } catch (thrown) {
    return { error: reasonOf(thrown), at: placeOf(thrown, texts) }
  } finally {
    allowExit()
  }
})

/** Those of earlier years are for backfills, those of later ones more than a program runs without a restart. */
function holidaysNear(calendar: string): Promise<Holidays> {
  const year = new Date().getFullYear()
  return holidaysOf(calendar, year - 5, year + 5)
}

const NO_JOB: Translated = {
  en: 'its default export is not a job; write `export default job({ … })`, or `monitor({ … })`.',
  pt: 'o export default não é um job; escreva `export default job({ … })`, ou `monitor({ … })`.',
}

function reasonOf(thrown: unknown): Translated {
  if (thrown === null || thrown === undefined)
    return { en: `importing it threw ${thrown}.`, pt: `importá-lo lançou ${thrown}.` }
  // Of a file that cannot be parsed, each error of it.
  const [first] = thrown instanceof AggregateError ? thrown.errors : []
  return sentenceOf(first ?? thrown)
}
