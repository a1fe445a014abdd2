/** Stock movements of a week, and orders on their way to the output, some of which never arrive there. */
import { until } from './client.ts'
import type { DemoItem } from './catalogue.ts'
import { demoEvents, strayEvent } from './events.ts'
import type { Scene } from './scene.ts'

const EVENTS = 300
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
  const { accepted } = await api.json('POST', '/events', [...events, strayEvent(now)])
  await until('the last event to reach the history', history)
  tell(what, { en: `${String(accepted)} accepted`, pt: `${String(accepted)} aceitos` })
}
