/** Limits of the queue, the same on every driver. */
import { AppError } from '../../../lib/errors.ts'
import type { QueueMessage, QueueSettings } from './queue.ts'

export const MAX_BODY_BYTES = 16 * 1024 * 1024
const MAX_ID_BYTES = 255
const MAX_HEADER_NAME_BYTES = 255
/** AMQP's header frame and amqplib's buffer for it hold 64 KiB, in which the broker writes, too. */
const MAX_HEADERS_BYTES = 32 * 1024
/** Deliveries of one attempt whose consumer did not come back; then the message is dead, for it may be what kills them. */
export const MAX_LOST = 10
/** Seven weeks: what AMQP's TTL of 32 bits can hold. */
const MAX_RETRY_DELAY_MS = 2 ** 32 - 1

/** Throws AppError unless `name` can be a queue's name on every driver. */
export function checkQueueName(name: string): void {
  if (/^[A-Za-z0-9._-]{1,200}$/.test(name)) return
  const shown = JSON.stringify(name.slice(0, 80))
  throw new AppError('invalid', 'queue_name_invalid', {
    en: `${shown} cannot name a queue; use 1 to 200 letters, digits, dots, underscores and hyphens.`,
    pt: `${shown} não pode ser o nome de uma fila; use de 1 a 200 letras, dígitos, pontos, sublinhados e hífens.`,
  })
}

/** Throws AppError unless every driver can do what the settings say. */
export function checkSettings({ name, max_attempts, retry_delay_ms }: QueueSettings): void {
  checkQueueName(name)
  if (
    Number.isInteger(max_attempts) &&
    max_attempts >= 1 &&
    retry_delay_ms >= 0 &&
    retry_delay_ms <= MAX_RETRY_DELAY_MS
  )
    return
  throw new AppError('invalid', 'queue_settings_invalid', {
    en: `Queue ${name} cannot have max_attempts ${max_attempts} and retry_delay_ms ${retry_delay_ms}; use 1 or more attempts and a delay of 0 to ${MAX_RETRY_DELAY_MS} ms.`,
    pt: `A fila ${name} não pode ter max_attempts ${max_attempts} e retry_delay_ms ${retry_delay_ms}; use 1 ou mais tentativas e um atraso de 0 a ${MAX_RETRY_DELAY_MS} ms.`,
  })
}

/** Throws AppError unless every driver can carry the message. */
export function checkMessage({ id, body, headers }: QueueMessage): void {
  const id_bytes = Buffer.byteLength(id)
  if (id_bytes < 1 || id_bytes > MAX_ID_BYTES || id.includes('\0') || !id.isWellFormed())
    throw new AppError('invalid', 'message_id_invalid', {
      en: `${JSON.stringify(id.slice(0, 80))} cannot be a message's id; use 1 to ${MAX_ID_BYTES} bytes without NUL.`,
      pt: `${JSON.stringify(id.slice(0, 80))} não pode ser o id de uma mensagem; use de 1 a ${MAX_ID_BYTES} bytes sem NUL.`,
    })
  if (body.byteLength > MAX_BODY_BYTES)
    throw new AppError('too_large', 'message_too_large', {
      en: `Message ${id} of ${body.byteLength} bytes is too large; the limit is ${MAX_BODY_BYTES} bytes.`,
      pt: `A mensagem ${id} de ${body.byteLength} bytes é grande demais; o limite é ${MAX_BODY_BYTES} bytes.`,
    })
  if (headers !== undefined) checkHeaders(id, headers)
}

function checkHeaders(id: string, headers: Record<string, string>): void {
  let bytes = 0
  for (const [name, value] of Object.entries(headers)) {
    const name_bytes = Buffer.byteLength(name)
    bytes += name_bytes + Buffer.byteLength(value)
    // Brokers keep their own under x-.
    if (name_bytes > MAX_HEADER_NAME_BYTES || /^x-/i.test(name) || !name.isWellFormed() || !value.isWellFormed())
      throw new AppError('invalid', 'message_header_invalid', {
        en: `Message ${id} has the header ${JSON.stringify(name.slice(0, 80))}, which no broker carries as it is; use a name of at most ${MAX_HEADER_NAME_BYTES} bytes that does not begin with x-, and Unicode without lone surrogates.`,
        pt: `A mensagem ${id} tem o cabeçalho ${JSON.stringify(name.slice(0, 80))}, que nenhum broker transporta como está; use um nome de no máximo ${MAX_HEADER_NAME_BYTES} bytes que não comece com x-, e Unicode sem substitutos soltos.`,
      })
  }
  if (bytes > MAX_HEADERS_BYTES)
    throw new AppError('too_large', 'message_too_large', {
      en: `The headers of message ${id} have ${bytes} bytes; the limit is ${MAX_HEADERS_BYTES} bytes. Put more into the body.`,
      pt: `Os cabeçalhos da mensagem ${id} têm ${bytes} bytes; o limite é ${MAX_HEADERS_BYTES} bytes. Ponha mais no corpo.`,
    })
}
