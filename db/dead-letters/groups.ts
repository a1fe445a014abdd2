/** Dead letters that died of the same, as one line. */
import type { ISql, Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { recordAudit, type Actor } from '../audit/audit.ts'
import type { Letter } from './letters.ts'
import type { letter_notes } from './table.ts'

export interface LetterGroup extends Pick<Letter, 'source' | 'step' | 'reason' | 'cause'> {
  id: string
  count: number
  first_at: Date
  last_at: Date
  /** Of these, how many died within the last hour. */
  last_hour: number
  note: string | null
  noted_by: string | null
  noted_at: Date | null
}

export interface LetterGroups {
  /** The largest first. */
  items: LetterGroup[]
  /** How many there are, and how many letters they have, beyond those that are listed. */
  groups: number
  letters: number
}

/** The groups of letters of `sources` in this state; at most `limit` are listed. */
export async function listGroups(
  sql: Sql,
  sources: string[],
  state: Letter['state'],
  limit: number,
): Promise<LetterGroups> {
  const rows = await sql<Array<LetterGroup & { groups: number; letters: number }>>`
    with counted as (
      select name as source, group_id, count(*)::int as count, min(died_at) as first_at, max(died_at) as last_at,
        (count(*) filter (where died_at > now() - interval '1 hour'))::int as last_hour
      from unnest(${sources}::text[]) as name cross join lateral (
        -- In this order, see the index letters_newest, also before the planner knows that there are many.
        select group_id, died_at from letters where source = name and state = ${state} order by id
      ) letters
      group by name, group_id
    ),
    largest as (
      select *, (count(*) over ())::int as groups, (sum(count) over ())::int as letters from counted
      order by count desc, group_id limit ${limit}
    )
    select group_id as id, source, step, reason, cause, count, first_at, last_at, last_hour, note, noted_by, noted_at, groups, letters
    from largest cross join lateral (
      select step, reason, cause from letters
      where source = largest.source and state = ${state} and group_id = largest.group_id limit 1
    ) one left join letter_notes using (group_id)
    order by count desc, group_id`
  const [first] = rows
  return {
    items: rows.map(({ groups: _, letters: __, ...group }) => group),
    groups: first?.groups ?? 0,
    letters: first?.letters ?? 0,
  }
}

export type LetterNote = typeof letter_notes.$inferSelect

/** Notes what is known of a group; an empty text takes the note away. Throws AppError dead_letter_group_not_found. */
export async function noteGroup(sql: Sql, group_id: string, note: string, actor: Actor): Promise<LetterNote | null> {
  return sql.begin(async (tx) => {
    const [known] = await tx`select from letters where group_id = ${group_id} limit 1`
    if (!known)
      throw new AppError('not_found', 'dead_letter_group_not_found', {
        en: `There is no group ${group_id} of dead letters.`,
        pt: `Não existe o grupo ${group_id} de dead letters.`,
      })
    const [old] = await tx<Pick<LetterNote, 'note'>[]>`select note from letter_notes where group_id = ${group_id}`
    const [row] = note === '' ? await forget(tx, group_id) : await write(tx, group_id, note, actor)
    const details = { before: old?.note ?? '', after: note }
    await recordAudit(tx, { ...actor, action: 'dead_letters.noted', target: group_id, details })
    return row ?? null
  })
}

const forget = async (tx: ISql, group_id: string) => {
  await tx`delete from letter_notes where group_id = ${group_id}`
  return []
}

const write = (tx: ISql, group_id: string, note: string, { actor_name }: Actor) => tx<LetterNote[]>`
  insert into letter_notes (group_id, note, noted_by) values (${group_id}, ${note}, ${actor_name ?? ''})
  on conflict (group_id) do update set note = excluded.note, noted_by = excluded.noted_by, noted_at = now()
  returning group_id, note, noted_by, noted_at`
