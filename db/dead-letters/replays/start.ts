/** Starting a replay. Its letters are selected once, when it starts; a letter is in one replay at a time. */
import type { Fragment, ISql, Sql } from 'postgres'
import type { Translated } from '../../../lib/texts.ts'
import { recordAudit, type Actor } from '../../audit/audit.ts'
import { inTransaction } from '../../engines/postgres/in-transaction.ts'
import type { Letter } from '../letters.ts'
import { fits } from '../selection.ts'
import { findReplay, type Replay } from './replays.ts'
import type { ReplayFilter, replays } from './table.ts'

export const DEFAULT_CANARY = 5
export const DEFAULT_RATE_PER_S = 50
export const MAX_NAME = 100
/** Lists show it as a link: something of it must be seen. */
export const READABLE_NAME = /^ *[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$/

export type NewReplay = Pick<typeof replays.$inferSelect, 'name' | 'source' | 'filter' | 'rate_per_s' | 'canary'>

/** Notified with a source when there is something to send, and with another word when a replay has moved. */
export const REPLAYS_CHANNEL = 'doca_replays'

/** Selecting a hundred thousand takes some seconds. */
const START_TIMEOUT_S = 60

/** Letters that fit and are in another replay stay there; `taken` says how many. */
export function startReplay(
  sql: ISql,
  { name, source, filter, rate_per_s, canary }: NewReplay,
  actor: Actor,
): Promise<Replay> {
  return inTransaction(sql, async (tx) => {
    const id = Bun.randomUUIDv7()
    await tx`select set_config('statement_timeout', ${`${START_TIMEOUT_S}s`}, true)`
    const [{ fitting, total }] = await tx<[{ fitting: number; total: number }]>`
      with selected as materialized (${selected(tx, source, filter)}),
      taken as (
        insert into replay_letters (replay_id, position, letter_id)
        select ${id}, row_number() over (order by id), id from selected order by id
        on conflict (letter_id) where state in ('pending', 'sending', 'sent') do nothing
        returning 1
      )
      select (select count(*)::int from selected) as fitting, (select count(*)::int from taken) as total`
    const taken = fitting - total
    const state = total === 0 ? 'done' : canary === 0 ? 'running' : 'canary'
    await tx`
      insert into replays (id, name, source, filter, state, rate_per_s, canary, total, taken, created_by, finished_at)
      values (${id}, ${name}, ${source}, ${tx.json(filter as {})}, ${state}, ${rate_per_s}, ${canary}, ${total}, ${taken},
        ${actor.actor_name ?? ''}, case ${total}::int when 0 then now() end)`
    const details = { replay_id: id, source, total, taken, rate_per_s, canary }
    await recordAudit(tx, { ...actor, action: 'replay.started', target: name, details })
    await tx`select pg_notify(${REPLAYS_CHANNEL}, ${source})`
    return findReplay(tx, id)
  })
}

/** The dead letters that fit. */
function selected(sql: ISql, source: string, filter: ReplayFilter): Fragment {
  return sql`select id, message_id, replay, death, edited_from, case when edited_from is not null then body end as edited_body
    from letters where source = ${source} and ${fits(sql, { ...filter, state: 'dead' })}`
}

/** Something that a replay would do (again), and to how many letters. */
export interface Effect {
  /** A stable code. */
  effect: string
  count: number
  detail: Translated
}

/**
 * What replaying letters would do. `selected`: a query for their id, message_id, replay, death, edited_from, and the body of
 * those that were edited.
 */
export type EffectsOf = (sql: ISql, selected: Fragment) => Promise<Effect[]>

export interface DryRun {
  /** Letters that a replay would have. */
  count: number
  /** Letters that fit, and are in another replay. */
  taken: number
  samples: Array<Pick<Letter, (typeof SAMPLED)[number]>>
  effects: Effect[]
}

const SAMPLES = 3
const SAMPLED = ['id', 'message_id', 'origin', 'attempts', 'step', 'reason', 'detail', 'died_at'] as const

/** What startReplay would do; nothing is changed. */
export async function dryRun(
  sql: Sql,
  { source, filter }: Pick<NewReplay, 'source' | 'filter'>,
  effectsOf: EffectsOf,
): Promise<DryRun> {
  const all = selected(sql, source, filter)
  const isTaken = sql`exists (
    select from replay_letters r where r.letter_id = id and r.state in ('pending', 'sending', 'sent'))`
  const free = sql`select * from (${all}) fitting where not ${isTaken}`
  const [{ fitting, taken }] = await sql<[{ fitting: number; taken: number }]>`
    select count(*)::int as fitting, (count(*) filter (where ${isTaken}))::int as taken from (${all}) fitting`
  const samples = await sql<DryRun['samples']>`
    select ${sql(SAMPLED as unknown as string[])} from letters
    where id in (select id from (${free}) free order by id limit ${SAMPLES}) order by id`
  return { count: fitting - taken, taken, samples: [...samples], effects: await effectsOf(sql, free) }
}
