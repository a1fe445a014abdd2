/** What a queue accepts, the same on every driver. */
import { AppError } from '../../lib/errors.ts'
import type { QueueMessage } from './index.ts'

export const MAX_BODY_BYTES = 16 * 1024 * 1024
const MAX_ID_BYTES = 255

/** Throws AppError unless `name` can be a queue's name on every driver. */
export function checkQueueName(name: string): void {
  if (/^[A-Za-z0-9._-]{1,200}$/.test(name)) return
  throw new AppError(
    'queue_name_invalid',
    400,
    `${JSON.stringify(name.slice(0, 80))} cannot name a queue; use 1 to 200 letters, digits, dots, underscores and hyphens.`,
  )
}

/** Throws AppError unless every driver can carry the message. */
export function checkMessage({ id, body }: QueueMessage): void {
  const id_bytes = Buffer.byteLength(id)
  if (id_bytes < 1 || id_bytes > MAX_ID_BYTES || id.includes('\0'))
    throw new AppError(
      'message_id_invalid',
      400,
      `${JSON.stringify(id.slice(0, 80))} cannot be a message's id; use 1 to ${MAX_ID_BYTES} bytes without NUL.`,
    )
  if (body.byteLength > MAX_BODY_BYTES)
    throw new AppError(
      'message_too_large',
      413,
      `Message ${id} of ${body.byteLength} bytes is too large; the limit is ${MAX_BODY_BYTES} bytes.`,
    )
}
