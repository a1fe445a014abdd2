/** Replays as people read them: how far each is, and what became of each of its letters. */
import type { ISql, Sql } from 'postgres'
import { AppError } from '../../../lib/errors.ts'
import { pageOf, type Page, type PageRequest } from '../../../lib/page.ts'
import type { Letter } from '../letters.ts'
import type { replay_letters, ReplayFigures, replays } from './table.ts'

type Row = typeof replays.$inferSelect
type LetterRow = typeof replay_letters.$inferSelect

export interface Replay extends Omit<Row, 'driver' | 'lease_until' | 'resumes_as' | 'ended_with'>, ReplayFigures {}

const replayColumns = (sql: ISql) => sql`
  r.id, r.name, r.source, r.filter, r.state, r.pause_reason, r.rate_per_s, r.canary, r.total, r.taken, r.created_by,
  r.created_at, r.finished_at, r.ended_with, l.*`

/** Of the replay `r`. */
export const replayFigures = (sql: ISql) => sql`
  select (count(*) filter (where state in ('sent', 'succeeded', 'died_again')))::int as published,
    (count(*) filter (where state = 'succeeded'))::int as succeeded,
    (count(*) filter (where state = 'died_again'))::int as died_again,
    (count(*) filter (where state in ('sending', 'sent')))::int as waiting,
    (count(*) filter (where state = 'pending'))::int as unsent,
    (count(*) filter (where state = 'gone'))::int as gone,
    (count(*) filter (where state = 'undone'))::int as undone
  from replay_letters where replay_id = r.id`

/** Of one that has ended nothing is counted. */
const liveFigures = (sql: ISql) => sql`lateral (${replayFigures(sql)} and r.ended_with is null) l`

type ReadRow = Replay & Pick<Row, 'ended_with'>

const replayOf = ({ ended_with, ...row }: ReadRow): Replay => ({ ...row, ...ended_with })

/** Throws AppError replay_not_found. */
export async function findReplay(sql: ISql, id: string): Promise<Replay> {
  const [row] = await sql<ReadRow[]>`
    select ${replayColumns(sql)} from replays r cross join ${liveFigures(sql)} where r.id = ${id}`
  return row ? replayOf(row) : replayNotFound(id)
}

export interface ReplaysFilter {
  source?: string | undefined
  state?: Row['state'] | undefined
}

/** Newest first. */
export async function listReplays(
  sql: Sql,
  { source, state }: ReplaysFilter,
  { limit, after }: PageRequest<{ id: string }>,
): Promise<Page<Replay, { id: string }>> {
  const rows = await sql<ReadRow[]>`
    select ${replayColumns(sql)} from (
      select * from replays
      where true ${source === undefined ? sql`` : sql`and source = ${source}`}
        ${state === undefined ? sql`` : sql`and state = ${state}`} ${after ? sql`and id < ${after.id}::uuid` : sql``}
      order by id desc limit ${limit + 1}
    ) r cross join ${liveFigures(sql)}
    order by r.id desc`
  return pageOf(rows.map(replayOf), limit, ({ id }) => ({ id }))
}

export interface ReplayedLetter extends Pick<LetterRow, 'letter_id' | 'state' | 'sent_at' | 'ended_at' | 'died_as'> {
  position: number
  /** Null when the letter was deleted. */
  message_id: Letter['message_id'] | null
  origin: Letter['origin']
  reason: Letter['reason'] | null
  /** How often its message had been replayed when it goes; where it died again, it was for the time after so many. */
  replay: number | null
}

/** The letters of a replay in the order in which they go. Throws AppError replay_not_found. */
export async function listReplayLetters(
  sql: Sql,
  id: string,
  state: LetterRow['state'] | undefined,
  { limit, after }: PageRequest<{ position: string }>,
): Promise<Page<ReplayedLetter, { position: string }>> {
  const [known] = await sql`select 1 from replays where id = ${id}`
  if (!known) replayNotFound(id)
  const rows = await sql<ReplayedLetter[]>`
    select r.position, r.letter_id, r.state, r.sent_at, r.ended_at, r.died_as, l.message_id, l.origin, l.reason,
      l.replay + 1 as replay
    from replay_letters r left join letters l on l.id = r.letter_id
    where r.replay_id = ${id} ${state === undefined ? sql`` : sql`and r.state = ${state}`}
      ${after ? sql`and r.position > ${after.position}::text::int` : sql``}
    order by r.position limit ${limit + 1}`
  return pageOf([...rows], limit, ({ position }) => ({ position: String(position) }))
}

export interface ReplayOfLetter extends Pick<LetterRow, 'replay_id' | 'state' | 'sent_at' | 'ended_at' | 'died_as'> {
  name: string
}

/** The replays that a letter was in, newest first. */
export async function replaysOfLetter(sql: Sql, letter_id: string): Promise<ReplayOfLetter[]> {
  return sql<ReplayOfLetter[]>`
    select l.replay_id, r.name, l.state, l.sent_at, l.ended_at, l.died_as
    from replay_letters l join replays r on r.id = l.replay_id where l.letter_id = ${letter_id} order by l.replay_id desc`
}

/** Letters of a source that are no longer dead, and whose messages the queue may not have yet. */
export async function countUnpublished(sql: Sql, source: string): Promise<number> {
  const [row] = await sql<[{ count: number }]>`
    select count(*)::int as count from replays r join replay_letters l on l.replay_id = r.id and l.state = 'sending'
    where r.source = ${source} and r.finished_at is null`
  return row.count
}

export function replayNotFound(id: string): never {
  throw new AppError('not_found', 'replay_not_found', {
    en: `There is no replay ${id}.`,
    pt: `Não existe o reenvio ${id}.`,
  })
}
