import type { Message } from '../../../db/alerts/delivery/channel.ts'

export const ALERT_ID = '01932b5e-0000-7000-8000-000000000001'

/** A message as the outbox makes them. */
export function message(changes: Partial<Message> = {}): Message {
  return {
    id: `${ALERT_ID}-log-7`,
    kind: 'firing',
    rule: 'JOB_FAILED',
    alias: null,
    subject: 'process_data',
    severity: 'ERROR',
    detail: { en: 'Run 1 failed: boom', pt: 'A execução 1 falhou: boom' },
    alert_id: ALERT_ID,
    failures: 1,
    opened_at: new Date('2026-03-01T10:00:00Z'),
    fired_at: new Date('2026-03-01T10:00:15Z'),
    resolved_at: null,
    acknowledged_by: null,
    flapping_at: null,
    locale: 'pt-BR',
    ...changes,
  }
}
