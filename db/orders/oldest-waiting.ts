/**
 * How long the oldest message has waited to be handled, on any queue engine: since it was sent, where nothing is known of it; since its
 * next attempt was due; since its attempt began. One that waits for its delay does not count.
 */
import type { Sql } from 'postgres'
import type { OrdersDatabase } from './databases.ts'

const AT_ONCE = 10_000
/** Of one look at a system with very many rows that have not ended; younger ones have waited less. */
const MOST = 10

/**
 * A function that returns the age in seconds; 0 when none waits. It remembers up to which row of each system all have ended, so that
 * a look reads little more than what is on its way; a message that is replayed afterwards does not count.
 */
export function createOldestWaiting(sql: Sql, systems: OrdersDatabase[]): () => Promise<number> {
  const ended_to = new Map<string, number>()

  async function look(system: OrdersDatabase): Promise<number> {
    let after = ended_to.get(system.name) ?? -1
    let all_ended = true
    let oldest_s = 0
    for (let turn = 0; turn < MOST; turn++) {
      const rows = await rowsAfter(system, after)
      const states = await statesOf(
        sql,
        rows.flatMap(({ message_id, age_s }) => (age_s === null ? [] : [message_id])),
      )
      for (const { id, message_id, age_s } of rows) {
        const state = states.get(message_id)
        if (all_ended && state?.ended) ended_to.set(system.name, id)
        else all_ended = false
        oldest_s = Math.max(oldest_s, (state ? state.waited_s : age_s) ?? 0)
      }
      if (rows.length < AT_ONCE) break
      after = rows.at(-1)!.id
    }
    return oldest_s
  }

  return async () => Math.max(0, ...(await Promise.all(systems.map(look))))
}

/** `age_s`: since it was sent; null: it is not. */
function rowsAfter(system: OrdersDatabase, after: number) {
  return system.use(
    (sql, schema) => sql<{ id: number; message_id: string; age_s: number | null }[]>`
      select id, message_id, extract(epoch from now() - sent_at)::float8 as age_s from ${sql(schema)}.orders
      where id > ${after} order by id limit ${AT_ONCE}`,
  )
}

interface State {
  message_id: string
  ended: boolean
  waited_s: number | null
}

async function statesOf(sql: Sql, ids: string[]): Promise<Map<string, State>> {
  if (ids.length === 0) return new Map()
  const rows = await sql<State[]>`
    select message_id, state in ('output', 'dead', 'purged') as ended,
      case state when 'running' then extract(epoch from now() - begun_at)
        when 'retrying' then extract(epoch from now() - next_at) end::float8 as waited_s
    from order_messages where message_id = any(${ids}::uuid[])`
  return new Map(rows.map((row) => [row.message_id, row]))
}
