/** How long replays are remembered: longer than their letters, for whoever asks what was done about a group. */
import type { Sql } from 'postgres'

const KEPT_DAYS = 90

/** Deletes at most `limit` letters of replays that ended KEPT_DAYS ago, and as many of these of which none is left; how many. */
export async function deleteOldReplays(sql: Sql, limit: number): Promise<number> {
  const [row] = await sql<[{ count: number }]>`
    with old as materialized (
      select id from replays where finished_at < now() - make_interval(days => ${KEPT_DAYS}) order by id limit ${limit}
    ),
    letters_gone as (
      delete from replay_letters where (replay_id, position) in (
        select replay_id, position from replay_letters where replay_id in (select id from old) limit ${limit})
      returning 1
    ),
    gone as (
      delete from replays where id in (
        select id from old where not exists (select from replay_letters where replay_id = old.id))
      returning 1
    )
    select (select count(*)::int from letters_gone) + (select count(*)::int from gone) as count`
  return row.count
}
