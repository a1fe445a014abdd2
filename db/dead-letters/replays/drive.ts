/**
 * The statements that drive replays. A letter goes through three of them, and a crash between two repeats the one behind it:
 *
 *   claim (it leaves the dead letters, together with its message's state at the source) → publish → mark as sent
 *
 * So no message is ever out whose letter is dead, and whoever cancels takes back exactly what was never published.
 * A lease makes one program drive a replay; nothing goes wrong where two do.
 */
import type { ISql, Sql } from 'postgres'
import type { LetterSource, ReplaySource, SentLetter } from '../source.ts'
import type { Letter } from '../letters.ts'
import { replayFigures } from './replays.ts'
import { REPLAYS_CHANNEL } from './start.ts'
import type { replays } from './table.ts'

export const LEASE_S = 30

export type DrivenReplay = Pick<typeof replays.$inferSelect, 'id' | 'name' | 'state' | 'rate_per_s' | 'canary'>

/** The unfinished replays of a source that nobody else drives, oldest first; they are `driver`'s for LEASE_S. */
export async function leaseReplays(sql: Sql, source: string, driver: string): Promise<DrivenReplay[]> {
  const rows = await sql<DrivenReplay[]>`
    update replays set driver = ${driver}, lease_until = now() + make_interval(secs => ${LEASE_S})
    where source = ${source} and finished_at is null and (driver = ${driver} or lease_until is null or lease_until < now())
    returning id, name, state, rate_per_s, canary`
  return [...rows].toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

export async function releaseReplays(sql: Sql, driver: string): Promise<void> {
  await sql`update replays set lease_until = null where driver = ${driver} and finished_at is null`
}

/** Tells whoever shows replays that one has moved. */
export async function announceReplays(sql: Sql): Promise<void> {
  await sql`select pg_notify(${REPLAYS_CHANNEL}, ${MOVED})`
}
/** The payload then, which wakes no driver. */
const MOVED = 'moved'

/** Of one statement, and in memory. */
const MAX_BYTES = 16 * 1024 * 1024

/** Takes up to `limit` letters that are next out of the dead ones; how many. None unless the replay is still in `state`. */
export async function claimLetters(
  sql: Sql,
  source: LetterSource,
  { id, state, canary }: DrivenReplay,
  limit: number,
): Promise<number> {
  return sql.begin(async (tx) => {
    // Whoever pauses or cancels waits for this, or is obeyed.
    const [replay] = await tx`select 1 from replays where id = ${id} and state = ${state} for update`
    if (!replay) return 0
    const left = state === 'canary' ? canary - (await countTried(tx, id)) : Infinity
    const next = await tx<{ position: number; letter_id: string }[]>`
      select position, letter_id from replay_letters
      where replay_id = ${id} and state = 'pending' order by position limit ${Math.min(limit, left)}`
    if (next.length === 0) return 0
    const messages = await tx<Array<Pick<Letter, 'id' | 'message_id' | 'replay' | 'death'>>>`
      with held as (
        select id from letters where id = any(${next.map(({ letter_id }) => letter_id)}::uuid[]) and state = 'dead'
        order by id for update
      )
      update letters l set state = 'replayed', left_at = now() from held where l.id = held.id
      returning l.id, l.message_id, l.replay, l.death`
    const taken = new Set(messages.map((message) => message.id))
    await tx`
      update replay_letters r set state = next.state, ended_at = case next.state when 'gone' then now() end
      from unnest(
        ${next.map(({ position }) => position)}::int[],
        ${next.map(({ letter_id }) => (taken.has(letter_id) ? 'sending' : 'gone'))}::text[]
      ) as next (position, state)
      where r.replay_id = ${id} and r.position = next.position`
    const readable = messages.filter((message) => source.isReadable(message))
    if (readable.length > 0) await source.replayed(tx, readable)
    return next.length
  })
}

/** Letters that count as the canary: those that were gone before their turn say nothing. */
async function countTried(sql: ISql, id: string): Promise<number> {
  const [row] = await sql<[{ tried: number }]>`
    select count(*)::int as tried from replay_letters
    where replay_id = ${id} and state in ('sending', 'sent', 'succeeded', 'died_again')`
  return row.tried
}

/** Publishes letters that were claimed, also by a program that died since; how many. */
export async function publishClaimed(sql: Sql, source: ReplaySource, { id }: DrivenReplay): Promise<number> {
  type Row = { position: number; bytes: number | null }
  const sizes = await sql<Row[]>`
    select r.position, octet_length(l.body) as bytes from replay_letters r left join letters l on l.id = r.letter_id
    where r.replay_id = ${id} and r.state = 'sending' order by r.position limit 1000`
  if (sizes.length === 0) return 0
  let bytes = 0
  const batch = sizes.filter((row, i) => (bytes += row.bytes ?? 0) <= MAX_BYTES || i === 0)
  const positions = batch.map(({ position }) => position)
  const letters = await sql<Array<SentLetter & Pick<Letter, 'body' | 'headers'>>>`
    select l.id, l.message_id, l.replay, l.death, l.left_at, l.body, l.headers
    from unnest(${positions}::int[]) as batch (position) cross join lateral (
      select letter_id from replay_letters where replay_id = ${id} and position = batch.position
    ) r join letters l on l.id = r.letter_id
    order by batch.position`
  if (letters.length > 0) await source.publish([...letters])
  await sql`
    update replay_letters set state = 'sent', sent_at = now()
    where replay_id = ${id} and state = 'sending' and position = any(${positions}::int[])`
  return letters.length
}

/** Letters whose outcome is asked for at once. */
const FOLLOWED = 1000

export interface Followed {
  succeeded: number
  died_again: number
  /** Sent, and not at their end. */
  open: number
}

/** Notes what became of the letters that were sent. */
export async function followLetters(sql: Sql, source: ReplaySource, { id }: DrivenReplay): Promise<Followed> {
  const followed: Followed = { succeeded: 0, died_again: 0, open: 0 }
  for (let after = -1; ;) {
    const rows = await sql<Array<SentLetter & { position: number; letter_id: string }>>`
      select r.position, r.letter_id, l.id, l.message_id, l.replay, l.death, l.left_at
      from replay_letters r left join letters l on l.id = r.letter_id
      where r.replay_id = ${id} and r.state = 'sent' and r.position > ${after} order by r.position limit ${FOLLOWED}`
    const known = rows.filter((row) => row.id !== null)
    const outcomes = known.length === 0 ? [] : await source.outcomes(sql, known)
    const ended = [
      ...outcomes.map((one) => ({ ...one, state: one.state as string })),
      ...rows.filter((row) => row.id === null).map((row) => ({ id: row.letter_id, state: 'gone', died_as: null })),
    ]
    if (ended.length > 0)
      await sql`
        update replay_letters r set state = ended.state, ended_at = now(), died_as = ended.died_as
        from unnest(
          ${ended.map((one) => one.id)}::uuid[], ${ended.map(({ state }) => state)}::text[],
          ${ended.map(({ died_as }) => died_as)}::uuid[]
        ) as ended (letter_id, state, died_as)
        where r.letter_id = ended.letter_id and r.replay_id = ${id} and r.state = 'sent'`
    for (const { state } of outcomes) followed[state]++
    followed.open += rows.length - ended.length
    if (rows.length < FOLLOWED) return followed
    after = rows.at(-1)!.position
  }
}

/**
 * Moves a replay on: from its canary to the rest, or to a pause where a letter of the canary died again; and to its end when no
 * letter is open. The state that it has now, where that is news.
 */
export async function concludeReplay(
  sql: Sql,
  { id, state, canary }: DrivenReplay,
): Promise<DrivenReplay['state'] | undefined> {
  if (await finishReplay(sql, id)) return state === 'cancelled' ? undefined : 'done'
  if (state !== 'canary') return undefined
  const [tried] = await sql<[{ ended: number; died_again: number }]>`
    select (count(*) filter (where state in ('succeeded', 'died_again')))::int as ended,
      (count(*) filter (where state = 'died_again'))::int as died_again
    from replay_letters where replay_id = ${id} and state in ('succeeded', 'died_again')`
  if (tried.ended < canary) return undefined
  const [moved] =
    tried.died_again > 0
      ? await sql<[{ state: DrivenReplay['state'] }?]>`
          update replays set state = 'paused', resumes_as = 'running', pause_reason = 'canary_failed'
          where id = ${id} and state = 'canary' returning state`
      : await sql<[{ state: DrivenReplay['state'] }?]>`
          update replays set state = 'running' where id = ${id} and state = 'canary' returning state`
  return moved?.state
}

/** Ends a replay of which no letter is open; whether it did. */
export async function finishReplay(sql: ISql, id: string): Promise<boolean> {
  const { count } = await sql`
    update replays r set state = case state when 'cancelled' then state else 'done' end, resumes_as = null, pause_reason = null,
      finished_at = now(), ended_with = (select row_to_json(figures) from (${replayFigures(sql)}) figures)
    where id = ${id} and finished_at is null and not exists (
      select from replay_letters where replay_id = r.id and state in ('pending', 'sending', 'sent'))`
  return count > 0
}
