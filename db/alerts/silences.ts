/** Silences: while one lasts, what it matches is recorded and not told. It ends by itself. */
import type { ISql, Sql } from 'postgres'
import type { Alias, RuleName } from './rules.ts'
import { ALERTS_CHANGED } from './alerts.ts'

export interface NewSilence {
  /** null: every rule. */
  rule: RuleName | Alias | null
  /** null: every subject. */
  subject: string | null
  /** null: now. */
  starts_at: Date | null
  ends_at: Date
  reason: string
  created_by: string
}

export interface SilenceRow extends Omit<NewSilence, 'starts_at'> {
  id: string
  starts_at: Date
  created_at: Date
  active: boolean
}

/** null when it would end before it begins, or is over already, by the database's clock. */
export async function insertSilence(sql: ISql, silence: NewSilence): Promise<SilenceRow | null> {
  const { rule, subject, starts_at, ends_at, reason, created_by } = silence
  const [row] = await sql<SilenceRow[]>`
    insert into silences as s (id, rule, subject, starts_at, ends_at, reason, created_by)
    select ${Bun.randomUUIDv7()}::uuid, ${rule}, ${subject}, coalesce(${starts_at}, now()), ${ends_at}, ${reason}, ${created_by}
    where ${ends_at} > greatest(now(), ${starts_at})
    returning ${columns(sql)}`
  return row ?? null
}

/** The last to end first. */
export function listSilences(
  sql: ISql,
  active: boolean | undefined,
  { limit, after }: { limit: number; after?: { at: string; id: string } | undefined },
): Promise<Array<SilenceRow & { place: string }>> {
  return sql<Array<SilenceRow & { place: string }>>`
    select ${columns(sql)}, ends_at::text as place from silences s
    where true
      ${active === undefined ? sql`` : sql`and (${isActive(sql)}) = ${active}`}
      ${after ? sql`and (ends_at, id) < (${after.at}::text::timestamptz, ${after.id}::uuid)` : sql``}
    order by ends_at desc, id desc limit ${limit}`
}

/** Ends it: what it held back and still fires is told. Answers what it was, null when there is none. */
export async function deleteSilence(sql: ISql, id: string): Promise<SilenceRow | null> {
  const [row] = await sql<SilenceRow[]>`
    delete from silences s where id = ${id} returning ${columns(sql)}, pg_notify(${ALERTS_CHANGED}, '')::text as told`
  return row ?? null
}

/** Deletes at most `limit` that ended more than `days` ago; how many. */
export async function deleteOldSilences(sql: Sql, days: number, limit: number): Promise<number> {
  const { count } = await sql`
    delete from silences where id in (
      select id from silences where ends_at < now() - make_interval(days => ${days}) limit ${limit} for update skip locked
    )`
  return count
}

const isActive = (sql: ISql) => sql`now() >= s.starts_at and now() < s.ends_at`
const columns = (sql: ISql) => sql`
  id, rule, subject, starts_at, ends_at, reason, created_by, created_at, ${isActive(sql)} as active`
