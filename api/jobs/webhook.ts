/**
 * POST /webhook/airflow starts a job by name under its overlap rule. Who has no token signs: X-Timestamp (Unix seconds)
 * and X-Signature-256, the HMAC-SHA256 of timestamp, a dot and the body with WEBHOOK_SECRET. A repeated event_id, or
 * without one a repeated signature, gives the run of the first time: sending again, by whomever, starts nothing new.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Sql } from 'postgres'
import type { Actor } from '../../db/audit/audit.ts'
import { triggerRun } from '../../db/jobs/control-jobs.ts'
import { AppError, validationFailed } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'

/** How far the sender's clock, and the way here, may differ from ours. */
const MAX_AGE_S = 300

/** Throws AppError 401 unless the signature is right and fresh; returns it. */
export function checkSignature(request: Request, body: Uint8Array, secret: string, now_ms = Date.now()): string {
  const timestamp = request.headers.get('x-timestamp') ?? ''
  const given = /^sha256=([0-9a-f]{64})$/i.exec(request.headers.get('x-signature-256') ?? '')?.[1]?.toLowerCase()
  const right = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest()
  if (!given || !timingSafeEqual(Buffer.from(given, 'hex'), right))
    throw unsigned({
      en: 'The signature is missing or wrong; X-Signature-256 is sha256= and the HMAC of timestamp, a dot and the body.',
      pt: 'A assinatura não veio ou está errada; X-Signature-256 é sha256= e o HMAC do timestamp, um ponto e o corpo.',
    })
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now_ms / 1000 - Number(timestamp)) > MAX_AGE_S)
    throw unsigned({
      en: `X-Timestamp is not within ${MAX_AGE_S} s of now; sign again, and set the clock.`,
      pt: `X-Timestamp está a mais de ${MAX_AGE_S} s de agora; acerte o relógio e assine de novo.`,
    })
  return given
}

interface Trigger {
  job?: string
  dag_id?: string
  conf?: Record<string, unknown>
  event_id?: string
}

/** Queues the run, or finds the one of the first time. Throws AppError 404, 409 or 422. */
export async function triggerByWebhook(
  sql: Sql,
  trigger: Trigger,
  signature: string | undefined,
  actor: Actor,
): Promise<{ run_id: string }> {
  const { job, dag_id, conf, event_id } = trigger
  const name = job ?? dag_id
  if (name === undefined || (job !== undefined && dag_id !== undefined && job !== dag_id))
    throw validationFailed([
      {
        path: '/job',
        message: { en: 'name one job, as job or as dag_id', pt: 'informe um só job, em job ou em dag_id' },
      },
    ])
  const once = event_id === undefined ? signature && `signature:${signature}` : `event:${event_id}`
  const run = { job: name, trigger: 'webhook', ...(conf && { conf }), ...(once && { dedupe_key: once }) } as const
  return { run_id: await triggerRun(sql, run, actor) }
}

const unsigned = ({ en, pt }: Translated) => new AppError('unauthenticated', 'signature_wrong', { en, pt })
