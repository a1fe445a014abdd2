import type { ISql, Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { recordAudit, type Actor } from '../audit/audit.ts'
import { ALERTS_CHANGED, readAlert, type AlertRow } from './alerts.ts'

/**
 * Acknowledges an alert, which stops its reminders; the first one wins, and doing it again changes nothing. Throws AppError
 * alert_not_found or alert_not_firing.
 */
export function acknowledgeAlert(sql: Sql, id: string, note: string | null, actor: Actor): Promise<AlertRow> {
  return sql.begin(async (tx) => {
    const outcome = await acknowledge(tx, id, actor.actor_name ?? '?', note)
    const alert = await readAlert(tx, id)
    if (!outcome)
      throw new AppError('conflict', 'alert_not_firing', {
        en: 'This alert has not fired yet; there is nothing to acknowledge.',
        pt: 'Este alerta ainda não disparou; não há o que reconhecer.',
      })
    const { rule, subject } = alert
    if (outcome.first)
      await recordAudit(tx, {
        ...actor,
        action: 'alert.acknowledged',
        target: subject,
        details: { id, rule, ...(note !== null && { note }) },
      })
    return alert
  }) as Promise<AlertRow>
}

/** null for an alert that has not fired, or is not there. */
async function acknowledge(tx: ISql, id: string, by: string, note: string | null): Promise<{ first: boolean } | null> {
  const [row] = await tx<{ first: boolean }[]>`
    with first as (
      update alerts set acknowledged_at = now(), acknowledged_by = ${by}, acknowledged_note = ${note}, changed_at = clock_timestamp()
      where id = ${id} and acknowledged_at is null and state <> 'pending'
      returning id, pg_notify(${ALERTS_CHANGED}, '')
    ), reminders as (
      delete from alert_notifications n using first
      where n.alert_id = first.id and n.kind = 'reminder' and n.attempts = 0 and n.sent_at is null
    )
    select exists (select from first) as first from alerts where id = ${id} and state <> 'pending'`
  return row ?? null
}
