/**
 * The signature of POST /webhook/airflow, for senders without a token: X-Timestamp (Unix seconds) and X-Signature-256, the
 * HMAC-SHA256 of timestamp, a dot and the body with WEBHOOK_SECRET.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'

/** How far the sender's clock, and the way here, may differ from ours. */
const MAX_AGE_S = 300

/** Throws AppError signature_wrong unless the signature is right and fresh; returns it. */
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

const unsigned = ({ en, pt }: Translated) => new AppError('unauthenticated', 'signature_wrong', { en, pt })
