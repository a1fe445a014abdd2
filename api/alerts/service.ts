import type { ISql, Sql } from 'postgres'
import { acknowledgeAlert, findAlert, listAlerts, listNotifications, type AlertRow } from '../../db/alerts/alerts.ts'
import { recordAudit, type Actor } from '../../db/audit/audit.ts'
import { inTransaction } from '../../db/engines/postgres/in-transaction.ts'
import { deleteSilence, insertSilence, listSilences } from '../../db/alerts/silences.ts'
import { AppError, validationFailed } from '../../lib/errors.ts'
import { textIn, type Locale, type Translated } from '../../lib/texts.ts'
import { decodeCursor, encodeCursor, invalidCursor } from '../http/pagination.ts'
import { timestampOf } from '../http/schemas.ts'
import type { AlertsQuery, SilenceBody, SilencesQuery } from './model.ts'

/** A page, newest first. Throws AppError 422 for a cursor of another list. */
export async function readAlerts(sql: Sql, { limit = 50, cursor, ...filters }: AlertsQuery, locale: Locale) {
  return pageOf(
    limit,
    cursor,
    (place) => listAlerts(sql, filters, place),
    (alert) => describeAlert(alert, locale),
  )
}

export async function readAlert(sql: Sql, id: string, locale: Locale) {
  const alert = await findAlert(sql, id)
  if (!alert) throw notFound('alert_not_found', { en: `There is no alert ${id}.`, pt: `Não existe o alerta ${id}.` })
  return { ...describeAlert(alert, locale), notifications: await listNotifications(sql, id) }
}

/** Whoever is first is kept; saying it again changes nothing. */
export async function acknowledge(sql: Sql, id: string, actor: Actor, locale: Locale) {
  await sql.begin(async (tx) => {
    const done = await acknowledgeAlert(tx, id, actor.actor_name ?? '?')
    if (done?.fresh) {
      const { rule, subject } = (await findAlert(tx, id))!
      await recordAudit(tx, { ...actor, action: 'alert.acknowledged', target: subject, details: { id, rule } })
    }
    if (!done && (await findAlert(tx, id)))
      throw new AppError('conflict', 'alert_not_firing', {
        en: 'This alert has not fired yet; there is nothing to acknowledge.',
        pt: 'Este alerta ainda não disparou; não há o que reconhecer.',
      })
  })
  const { notifications: _, ...alert } = await readAlert(sql, id, locale)
  return alert
}

export function describeAlert(alert: AlertRow, locale: Locale) {
  const { id, rule, alias, subject, severity, state, detail, failures, opened_at, last_failed_at } = alert
  const { fired_at, resolved_at, acknowledged_at, acknowledged_by } = alert
  return {
    id,
    name: alias ?? rule,
    rule,
    subject,
    severity,
    state,
    detail: textIn(detail, locale),
    failures,
    opened_at,
    last_failed_at,
    fired_at,
    resolved_at,
    acknowledged_at,
    acknowledged_by,
  }
}

export async function readSilences(sql: Sql, { limit = 50, cursor, active }: SilencesQuery) {
  return pageOf(
    limit,
    cursor,
    (place) => listSilences(sql, active, place),
    ({ place: _, ...silence }) => silence,
  )
}

const YEAR_MS = 366 * 86_400_000

/** Throws AppError 422 for times that make no silence. */
export async function createSilence(sql: ISql, body: SilenceBody, actor: Actor) {
  const starts_at = body.starts_at === undefined ? null : timestampOf('starts_at', body.starts_at)
  const ends_at = timestampOf('ends_at', body.ends_at)
  if (ends_at.getTime() > Date.now() + YEAR_MS)
    throw wrongTime('ends_at', { en: 'must be within a year', pt: 'deve ser dentro de um ano' })
  const { rule = null, subject = null, reason } = body
  const created_by = actor.actor_name ?? '?'
  return inTransaction(sql, async (tx) => {
    const silence = await insertSilence(tx, { rule, subject, starts_at, ends_at, reason, created_by })
    if (!silence)
      throw wrongTime('ends_at', {
        en: 'must be later than starts_at, and than now',
        pt: 'deve ser depois de starts_at, e de agora',
      })
    await recordAudit(tx, { ...actor, action: 'silence.created', target: subject, details: { id: silence.id, rule } })
    return silence
  })
}

export async function endSilence(sql: Sql, id: string, actor: Actor): Promise<void> {
  await sql.begin(async (tx) => {
    const silence = await deleteSilence(tx, id)
    if (!silence)
      throw notFound('silence_not_found', { en: `There is no silence ${id}.`, pt: `Não existe o silêncio ${id}.` })
    const { rule, subject } = silence
    await recordAudit(tx, { ...actor, action: 'silence.ended', target: subject, details: { id, rule } })
  })
}

async function pageOf<Row extends { id: string; place: string }, Item>(
  limit: number,
  cursor: string | undefined,
  read: (place: { limit: number; after?: { at: string; id: string } | undefined }) => Promise<Row[]>,
  describe: (row: Row) => Item,
) {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, ['at', 'id'])
  try {
    const rows = await read({ limit: limit + 1, after })
    const end = rows.length > limit ? rows[limit - 1] : undefined
    return {
      items: rows.slice(0, limit).map(describe),
      next_cursor: end ? encodeCursor({ at: end.place, id: end.id }) : null,
    }
  } catch (thrown) {
    // Class 22: PostgreSQL cannot read a value as what it should be. All else in the query is validated.
    if (after && (thrown as { code?: string }).code?.startsWith('22')) throw invalidCursor(thrown)
    throw thrown
  }
}

const wrongTime = (path: string, message: Translated) => validationFailed([{ path: `/${path}`, message }])
const notFound = (code: string, { en, pt }: Translated) => new AppError('not_found', code, { en, pt })
