/**
 * The delay before a retry at a tenth of the load: from the end of an attempt that failed, as its document in the journal says,
 * to the begin of the next one.
 */
import { fillOrders } from '../../../db/orders/fill.ts'
import { until } from '../../kit/program.ts'
import type { Figure } from '../main.ts'
import type { Ground } from '../roles/engines.ts'
import { allEnded, onAttempts, runOurs, withSystems } from './ours.ts'

const FULL_LOAD = { orders: 6_000, false_share: 0.2, max_attempts: 5 }
const DELAY_S = 2
const SENDING_S = 15
const EVERY_MS = 100
const MOST_MS = 250

export async function delayFigures(ground: Ground, variables: Record<string, string>): Promise<Figure[]> {
  const full = await runOurs(ground, variables, FULL_LOAD)
  // Waiting for the four retries is no load.
  const attempts_per_s = full.attempts / (full.handle_s - (FULL_LOAD.max_attempts - 1))
  const orders_per_s = ((attempts_per_s / full.attempts) * FULL_LOAD.orders) / 10
  const asked = { ...FULL_LOAD, retry_delay_s: DELAY_S }
  return withSystems(ground, variables, asked, async ({ systems, send, startConsumer }) => {
    const consumer = await startConsumer()
    let sent = 0
    for (const begun_at = performance.now(); performance.now() - begun_at < SENDING_S * 1000;) {
      const due = Math.ceil(((performance.now() - begun_at) / 1000) * orders_per_s) - sent
      const system = systems[sent % systems.length]!
      if (due > 0) await fillOrders(system, due, FULL_LOAD.false_share)
      if (due > 0) await send(system)
      sent += Math.max(0, due)
      await Bun.sleep(EVERY_MS)
    }
    await until(
      'the end',
      async () => (await allEnded(ground, sent)) || (await Bun.sleep(500)),
      120_000,
      consumer.output,
    )
    await consumer.stop()
    return rowsOf(await deviations(variables.JOURNAL_URL!), sent, sent / SENDING_S)
  })
}

/** In milliseconds, sorted; early ones are negative. */
async function deviations(url: string): Promise<number[]> {
  const made = await onAttempts(url, (attempts) => attempts.find().toArray())
  const ended = new Map(made.map(({ key, at, data }) => [`${key} ${data.attempt}`, at.getTime()]))
  return made
    .filter(({ data }) => data.attempt > 1)
    .map(({ key, data }) => Date.parse(data.begun_at) - ended.get(`${key} ${data.attempt - 1}`)! - DELAY_S * 1000)
    .toSorted((a, b) => a - b)
}

function rowsOf(late_ms: number[], orders: number, orders_per_s: number): Figure[] {
  const work =
    `${late_ms.length} retries of ${orders} orders, ${Math.round(orders_per_s)} orders a second, which is a tenth of what one consumer ` +
    `handles here; later than ${DELAY_S} s after the attempt that failed, by the journal`
  const off_ms = late_ms.map(Math.abs).toSorted((a, b) => a - b)
  const row = (figure: string, value: number, target = '') => ({
    figure: `retry delay, ${figure}`,
    value: Math.round(value),
    unit: 'ms',
    target,
    work,
  })
  return [
    row('p50', at(late_ms, 0.5)),
    row('p99', at(off_ms, 0.99), `<= ${MOST_MS}`),
    row('most', off_ms.at(-1)!, `<= ${MOST_MS}`),
    row('earliest', late_ms[0]!),
  ]
}

const at = (sorted: number[], share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
