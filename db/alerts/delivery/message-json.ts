/** A message as JSON, for webhooks and alerts.log. Names and codes are the same in every language. */
import type { Message } from './channel.ts'
import { nameOf, wordsOf } from './words.ts'

export function asJson(message: Message) {
  const { id, kind, rule, subject, severity, alert_id, failures, opened_at, fired_at, resolved_at, acknowledged_by } =
    message
  const { title, detail, advice, command, link } = wordsOf(message)
  return {
    id,
    kind,
    name: nameOf(message),
    rule,
    subject,
    severity,
    title,
    detail,
    advice,
    command,
    link,
    alert_id,
    failures,
    opened_at: opened_at.toISOString(),
    fired_at: fired_at.toISOString(),
    resolved_at: resolved_at?.toISOString() ?? null,
    acknowledged_by,
  }
}
