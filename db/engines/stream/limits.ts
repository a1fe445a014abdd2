/** Limits of the stream, the same on every driver. */
import { AppError } from '../../../lib/errors.ts'
import type { Message } from './stream.ts'

export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024

/** Throws AppError unless `name` can be a topic's or a group's name on every driver. */
export function checkName(kind: 'topic' | 'group', name: string): void {
  if (/^[A-Za-z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..') return
  const shown = JSON.stringify(name.slice(0, 80))
  const what = kind === 'topic' ? { en: 'a topic', pt: 'um tópico' } : { en: 'a group', pt: 'um grupo' }
  throw new AppError('invalid', 'stream_name_invalid', {
    en: `${shown} cannot name ${what.en}; use 1 to 249 letters, digits, dots, underscores and hyphens.`,
    pt: `${shown} não pode ser o nome de ${what.pt}; use de 1 a 249 letras, dígitos, pontos, sublinhados e hífens.`,
  })
}

/** Throws AppError when the message is larger than every driver carries. */
export function checkSize({ value }: Message): void {
  if (value === null || value.byteLength <= MAX_MESSAGE_BYTES) return
  throw new AppError('too_large', 'message_too_large', {
    en: `A message of ${value.byteLength} bytes is too large; the limit is ${MAX_MESSAGE_BYTES} bytes.`,
    pt: `Uma mensagem de ${value.byteLength} bytes é grande demais; o limite é ${MAX_MESSAGE_BYTES} bytes.`,
  })
}
