/** What is asked of each role while its engine goes: one small thing after another, each with an id of its own. */
import type { Db } from '../../../db/engines/connect.ts'
import { EVENTS_PROCESSED_TOPIC } from '../../../db/events/event.ts'
import { EVENTS_TABLE } from '../../../db/events/history.ts'

export interface Load {
  /** Resolves when it is acknowledged. */
  ask(id: string): Promise<unknown>
  /** Asked again with the same id until it is acknowledged, as a program would that must not lose it. */
  repeats: boolean
  /** How often each id is found in the end; asked until none of the acknowledged is missing. */
  count(): Promise<Map<string, number>>
  /** How often each was handed to a handler, where something else then keeps it from counting twice. */
  handed?: () => Promise<Map<string, number>>
  /** How much has come to its end, where an acknowledgement is only the beginning. */
  done?: () => Promise<number>
}

export type LoadName = 'cache' | 'queue' | 'journal' | 'objects' | 'events'

export const LOADS: Record<LoadName, (db: Db) => Promise<Load> | Load> = { cache, queue, journal, objects, events }

/** An increment that failed may have counted: it is not made again. */
function cache({ cache: role }: Db): Load {
  const asked: string[] = []
  return {
    repeats: false,
    ask(id) {
      asked.push(id)
      return role.increment(id, 3600)
    },
    async count() {
      const values = await Promise.all(asked.map((id) => role.get(id)))
      return new Map(asked.map((id, i) => [id, Number(values[i] ?? 0)]))
    },
  }
}

/** The handler writes to a ledger that knows each id once. */
async function queue({ queue: role, sql }: Db): Promise<Load> {
  await sql`create table if not exists outage_ledger (id text primary key, handed int not null)`
  await role.consume(
    { name: 'outage', max_attempts: 5, retry_delay_ms: 1000 },
    async ({ id }) => {
      await sql`
        insert into outage_ledger values (${id}, 1)
        on conflict (id) do update set handed = outage_ledger.handed + 1`
      return 'ack'
    },
    { concurrency: 20 },
  )
  const rows = async () => await sql<{ id: string; handed: number }[]>`select id, handed from outage_ledger`
  return {
    repeats: true,
    ask: (id) => role.publish('outage', [{ id, body: new TextEncoder().encode(id) }]),
    count: async () => new Map((await rows()).map(({ id }) => [id, 1])),
    handed: async () => new Map((await rows()).map(({ id, handed }) => [id, handed])),
  }
}

function journal({ journal: role }: Db): Load {
  const keys = new Set<string>()
  return {
    repeats: true,
    ask(id) {
      const key = `key ${id.length} ${id.slice(-2)}`
      keys.add(key)
      return role.write('outage', [{ id, key, at: new Date(), data: { id } }], 3600)
    },
    async count() {
      const found: string[] = []
      for (const key of keys) found.push(...(await role.find('outage', key, 100_000)).map(({ id }) => id))
      return tally(found)
    },
  }
}

function objects({ objects: role }: Db): Load {
  return {
    repeats: true,
    ask: (id) => role.put(`outage/${id}`, `the bytes of ${id}`),
    async count() {
      const found: string[] = []
      for await (const { key } of role.list('outage/')) {
        const id = key.slice('outage/'.length)
        const body = (await role.get(key))?.body
        if (body && (await new Response(body).text()) === `the bytes of ${id}`) found.push(id)
      }
      return tally(found)
    },
  }
}

const SKUS = 20

/** The whole way: the API takes events, the stream keeps them, the consumers write them into the history. */
async function events({ history, sql, stream }: Db): Promise<Load> {
  const api = process.env.OUTAGE_API!
  const login = JSON.stringify({ username: 'admin', password: process.env.ADMIN_PASSWORD })
  const json = { 'content-type': 'application/json' }
  const signed = await fetch(`${api}/login`, { method: 'POST', headers: json, body: login })
  const { access_token } = (await signed.json()) as { access_token: string }
  const headers = { ...json, authorization: `Bearer ${access_token}` }
  // An event of a sku that is not in the catalogue ends in events.failed.
  for (let n = 0; n < SKUS; n++) {
    const item = {
      sku: `OUT-${n}`,
      name: `Caixa ${n}`,
      material: 'paper',
      kind: 'box',
      unit_cost: '1.00',
      currency: 'BRL',
    }
    const made = await fetch(`${api}/embalagens`, { method: 'POST', headers, body: JSON.stringify(item) })
    if (made.status !== 201) throw new Error(`the catalogue answered ${made.status}: ${await made.text()}`)
  }
  return {
    repeats: true,
    async ask(id) {
      const sku = `OUT-${Number.parseInt(id.slice(-4), 16) % SKUS}`
      const occurred_at = new Date(START_MS).toISOString()
      const answer = await fetch(`${api}/events`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ event_id: id, sku, kind: 'sale', quantity: 1, occurred_at }),
        signal: AbortSignal.timeout(30_000),
      })
      if (!answer.ok) throw new Error(`the API answered ${answer.status}: ${await answer.text()}`)
    },
    async count() {
      const found: string[] = []
      for (let n = 0; n < SKUS; n++)
        found.push(...(await history.read(EVENTS_TABLE, `OUT-${n}`, { limit: 200_000 })).map(({ id }) => id))
      return tally(found)
    },
    async handed() {
      const found: string[] = []
      const group = crypto.randomUUID()
      const consumer = await stream.consume({
        group,
        topic: EVENTS_PROCESSED_TOPIC,
        from: 'earliest',
        async onBatch(messages) {
          for (const { value } of messages) found.push(JSON.parse(new TextDecoder().decode(value)).event_id)
        },
      })
      while ((await stream.lag(group)).some(({ lag }) => lag > 0)) await Bun.sleep(200)
      await consumer.stop()
      return tally(found)
    },
    done: async () =>
      (await sql<{ n: number }[]>`select count(*)::int as n from events_seen where processed_at is not null`)[0]!.n,
  }
}

/** An event sent again is the same only with the same time. */
const START_MS = Date.now()

function tally(ids: string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}
