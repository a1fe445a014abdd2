/** Stock movements of a week, and orders on their way to the output, some of which never arrive there. */
import { until } from './client.ts'
import { PROBE_EVERY_S } from '../../db/monitoring/probe.ts'
import type { DemoItem } from './catalogue.ts'
import { demoEvents, strayEvents } from './events.ts'
import type { Scene } from './scene.ts'

const EVENTS = 6000
const BATCH = 500
const LEAD_MS = 300
/** Of the first order system, and of the second. */
const FILLS = [
  { count: 60, false_share: 0.2 },
  { count: 40, false_share: 0 },
]

export async function sendOrders({ api, tell }: Scene): Promise<void> {
  const { by_system } = await api.json('GET', '/orders/flow')
  for (const [i, system] of Object.keys(by_system as object)
    .slice(0, FILLS.length)
    .entries()) {
    const { items } = await api.json('GET', `/systems/${system}/orders?limit=1`)
    if ((items as unknown[]).length > 0) continue
    await api.json('POST', `/systems/${system}/orders/fill`, FILLS[i])
    const { sent } = await api.json('POST', `/systems/${system}/send`, {})
    tell(
      { en: 'orders', pt: 'pedidos' },
      { en: `${String(sent)} sent by ${system}`, pt: `${String(sent)} enviados por ${system}` },
    )
  }
}

export async function sendEvents({ api, now, tell }: Scene, items: DemoItem[]): Promise<void> {
  const what = { en: 'stock movements', pt: 'movimentos de estoque' }
  const events = demoEvents(items, EVENTS, now)
  const last = events.at(-1)!
  const history = async () =>
    ((await api.json('GET', `/events/history?sku=${last.sku}&limit=1`)).items as unknown[]).length > 0
  if (await history()) return tell(what, { en: 'there already', pt: 'já estavam lá' })
  const all = [...events, ...strayEvents(items, now)]
  // The probe looks while they are processed, so that it sees a lag, unless this machine is very fast or slow.
  const probe_ms = PROBE_EVERY_S * 1000
  await Bun.sleep(probe_ms - ((Date.now() + LEAD_MS) % probe_ms))
  const batches = Array.from({ length: Math.ceil(all.length / BATCH) }, (_, n) => all.slice(n * BATCH, (n + 1) * BATCH))
  await Promise.all(batches.map((batch) => api.json('POST', '/events', batch)))
  const isDone = async () => {
    const { groups } = await api.json('GET', '/streams')
    return (groups as Array<{ topic: string; lag: number }>).every(
      ({ topic, lag }) => lag === 0 || !topic.startsWith('events'),
    )
  }
  await until('the events to be processed', isDone)
  tell(what, { en: `${all.length} accepted`, pt: `${all.length} aceitos` })
}
