/** The bin: letters that somebody purged can be taken back for BIN_DAYS, then they are deleted. */
import type { Sql } from 'postgres'
import type { DeadMessage, LetterSource } from './source.ts'

export const BIN_DAYS = 30

/** Moves dead letters to the bin; how many. Those that have been replayed or purged meanwhile stay as they are. */
export const purgeLetters = (sql: Sql, source: LetterSource, ids: string[]): Promise<number> =>
  moveLetters(sql, source, ids, 'dead', 'purged')

/** Takes letters back from the bin; how many. */
export const restoreLetters = (sql: Sql, source: LetterSource, ids: string[]): Promise<number> =>
  moveLetters(sql, source, ids, 'purged', 'dead')

function moveLetters(
  sql: Sql,
  source: LetterSource,
  ids: string[],
  from: 'dead' | 'purged',
  to: 'dead' | 'purged',
): Promise<number> {
  return sql.begin(async (tx) => {
    // Locked in order of id, so that two calls never wait for each other in a circle.
    const moved = await tx<DeadMessage[]>`
      with held as (
        select id from letters where source = ${source.name} and state = ${from} and id = any(${ids}::uuid[])
        order by id for update
      )
      update letters l set state = ${to}, left_at = case ${to}::text when 'purged' then now() end
      from held where l.id = held.id
      returning l.message_id, l.replay, l.death`
    if (moved.length > 0) await (to === 'purged' ? source.binned(tx, moved) : source.restored(tx, moved))
    return moved.length
  })
}

/** Deletes at most `limit` letters that have been in the bin for BIN_DAYS; how many. */
export async function emptyBin(sql: Sql, limit: number): Promise<number> {
  const { count } = await sql`
    delete from letters where id in (
      select id from letters where state = 'purged' and left_at < now() - make_interval(days => ${BIN_DAYS})
      limit ${limit} for update skip locked
    )`
  return count
}
