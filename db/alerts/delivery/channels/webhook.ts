/**
 * Any webhook: the message as JSON, signed as POST /webhook/airflow expects: X-Timestamp (Unix seconds) and
 * X-Signature-256, which is sha256= and the HMAC-SHA256 of the timestamp, a dot and the body.
 */
import { createHmac } from 'node:crypto'
import type { Severity } from '../../rules.ts'
import type { Channel } from '../channel.ts'
import { asJson } from '../message-json.ts'
import { postJson } from './post-json.ts'

export function webhookChannel(url: string, secret: string | undefined, min_severity: Severity): Channel {
  return {
    name: 'webhook',
    min_severity,
    send(message, signal) {
      const body = JSON.stringify(asJson(message))
      const headers = { 'x-notification-id': message.id, ...(secret !== undefined && signed(body, secret)) }
      return postJson({ url, secrets: [new URL(url).pathname, ...(secret ? [secret] : [])], body, headers }, signal)
    },
  }
}

function signed(body: string, secret: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000))
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
  return { 'x-timestamp': timestamp, 'x-signature-256': `sha256=${signature}` }
}
