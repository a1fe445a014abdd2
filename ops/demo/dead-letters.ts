/** What people do with orders that have died: a note, one thrown away, one mended and sent again, and the rest on trial. */
import { until, type ApiClient } from './client.ts'
import type { Scene } from './scene.ts'

interface Letter {
  id: string
  group: string
}

const WHAT = { en: 'dead letters', pt: 'mensagens mortas' }
const MENDED = { en: 'Demo: one that was mended', pt: 'Demo: uma que foi corrigida' }
const TRIAL = { en: 'Demo: the rest, on trial', pt: 'Demo: o resto, em teste' }
/** Nobody waits longer for a picture. */
const LONGEST_S = 60

/** The orders were sent by sendOrders; the last of them is dead when its attempts are spent. */
export async function workWithDeadLetters({ api, url, say, tell }: Scene, operator: ApiClient): Promise<void> {
  const { items } = await api.json('GET', '/replays?source=orders&limit=100')
  const names = (items as Array<{ name: string }>).map(({ name }) => name)
  const isOurs = (name: string) => Object.values(MENDED).includes(name)
  if (names.some(isOurs)) return tell(WHAT, { en: 'there already', pt: 'já estavam lá' })
  const { retry } = (await api.json('GET', '/orders/flow')) as { retry: { schedule_s: number[] } }
  const dies_after_s = retry.schedule_s.at(-1)!
  if (dies_after_s > LONGEST_S)
    return tell(WHAT, {
      en: `left out: an order dies after ${dies_after_s} s here; run the demo again then`,
      pt: `ficaram de fora: aqui um pedido morre após ${dies_after_s} s; rode a demo de novo depois`,
    })
  tell(WHAT, {
    en: `waiting up to ${dies_after_s} s for orders to spend their attempts`,
    pt: `esperando até ${dies_after_s} s que pedidos esgotem as tentativas`,
  })
  const at_rest = async () => (await api.json('GET', '/orders/flow')).balance !== 'moving'
  await until('the orders to end', at_rest, LONGEST_S + 30)
  const dead = (await api.json('GET', '/dead-letters?source=orders&limit=100')).items as Letter[]
  const [first, second, third] = dead
  if (!first) return
  const note = {
    en: 'Orders without a security check; they die again until somebody mends them.',
    pt: 'Pedidos sem a verificação de segurança; morrem de novo até alguém corrigir.',
  }
  await operator.json('PUT', `/dead-letters/groups/${first.group}/note`, { note: say(note) })
  if (third) await operator.json('DELETE', `/dead-letters/${third.id}`)
  const mended = await api.json('PUT', `/dead-letters/${first.id}`, { required_attempts: 1 })
  const send = (name: string, which: object) =>
    operator.json('POST', '/replays', { name, source: 'orders', rate_per_s: 1, ...which })
  await send(say(MENDED), { ids: [mended.id], canary: 1 })
  if (!second) return
  const { id } = await send(say(TRIAL), { filter: { group: second.group }, canary: 2 })
  const path = `${url}/replays/${String(id)}`
  tell({ en: 'a replay to be watched', pt: 'um reenvio ao vivo' }, { en: path, pt: path })
}
