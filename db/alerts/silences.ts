/** Silences: while one lasts, what it matches is recorded and not told. It ends by itself. */
import type { ISql, Sql } from 'postgres'
import { AppError, validationFailed } from '../../lib/errors.ts'
import { pageOf, type Page, type PageRequest } from '../../lib/page.ts'
import type { Translated } from '../../lib/texts.ts'
import { recordAudit, type Actor } from '../audit/audit.ts'
import { inTransaction } from '../engines/postgres/in-transaction.ts'
import { ALERTS_CHANGED } from './alerts.ts'
import type { silences } from './table.ts'

type Row = typeof silences.$inferSelect

export interface NewSilence extends Pick<Row, 'rule' | 'subject' | 'ends_at' | 'reason'> {
  /** null: now. */
  starts_at: Date | null
}

export interface SilenceRow extends Row {
  active: boolean
}

const YEAR_MS = 366 * 86_400_000

/** Throws AppError validation_failed for times that make no silence. */
export async function createSilence(sql: ISql, silence: NewSilence, actor: Actor): Promise<SilenceRow> {
  if (silence.ends_at.getTime() > Date.now() + YEAR_MS)
    throw wrongEnd({ en: 'must be within a year', pt: 'deve ser dentro de um ano' })
  return inTransaction(sql, async (tx) => {
    const created = await insertSilence(tx, silence, actor.actor_name ?? '?')
    if (!created)
      throw wrongEnd({
        en: 'must be later than starts_at, and than now',
        pt: 'deve ser depois de starts_at, e de agora',
      })
    await recordAudit(tx, { ...actor, action: 'silence.created', ...auditOf(created) })
    return created
  })
}

const wrongEnd = (message: Translated) => validationFailed([{ path: '/ends_at', message }])

/** null when it would end before it begins, or is over already, by the database's clock. */
async function insertSilence(tx: ISql, silence: NewSilence, created_by: string): Promise<SilenceRow | null> {
  const { rule, subject, starts_at, ends_at, reason } = silence
  const [row] = await tx<SilenceRow[]>`
    insert into silences as s (id, rule, subject, starts_at, ends_at, reason, created_by)
    select ${Bun.randomUUIDv7()}::uuid, ${rule}, ${subject}, coalesce(${starts_at}, now()), ${ends_at}, ${reason}, ${created_by}
    where ${ends_at} > greatest(now(), ${starts_at})
    returning ${columns(tx)}`
  return row ?? null
}

/** The sort values of silences. The time is text with all its digits, which a Date would cut to milliseconds. */
export type SilenceKeyset = Record<'at' | 'id', string>

/** The last to end first. `active` undefined: all. */
export async function listSilences(
  sql: ISql,
  active: boolean | undefined,
  { limit, after }: PageRequest<SilenceKeyset>,
): Promise<Page<SilenceRow, SilenceKeyset>> {
  const found = await sql<Array<SilenceRow & { exact_at: string }>>`
    select ${columns(sql)}, ends_at::text as exact_at from silences s
    where true
      ${active === undefined ? sql`` : sql`and (${isActive(sql)}) = ${active}`}
      ${after ? sql`and (ends_at, id) < (${after.at}::text::timestamptz, ${after.id}::uuid)` : sql``}
    order by ends_at desc, id desc limit ${limit + 1}`
  const { rows, last } = pageOf(found, limit, ({ exact_at: at, id }) => ({ at, id }))
  return { rows: rows.map(({ exact_at: _, ...row }) => row), last }
}

/** Ends it: what it held back and still fires is told. Throws AppError silence_not_found. */
export async function endSilence(sql: Sql, id: string, actor: Actor): Promise<void> {
  await sql.begin(async (tx) => {
    const [ended] = await tx<Row[]>`
      delete from silences where id = ${id} returning *, pg_notify(${ALERTS_CHANGED}, '')::text as told`
    if (!ended)
      throw new AppError('not_found', 'silence_not_found', {
        en: `There is no silence ${id}.`,
        pt: `Não existe o silêncio ${id}.`,
      })
    await recordAudit(tx, { ...actor, action: 'silence.ended', ...auditOf(ended) })
  })
}

/** The whole of it: its row is gone when it was ended. */
const auditOf = ({ id, rule, subject, starts_at, ends_at, reason, created_by }: Row) => ({
  target: subject,
  details: { id, rule, starts_at: starts_at.toISOString(), ends_at: ends_at.toISOString(), reason, created_by },
})

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
