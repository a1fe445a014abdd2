/**
 * The message of an order: JSON in UTF-8 with headers. Its id is its row's, so that a row which is sent twice, after a crash
 * between the broker's confirm and our note of it, is one message to whoever handles it.
 */
import { Type, type Static } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { messageOf } from '../../lib/errors.ts'
import { textIn } from '../../lib/texts.ts'
import { errorItems, MEANING } from '../../lib/validation-texts.ts'
import type { Delivery, QueueMessage } from '../engines/queue/queue.ts'
import { unstorablePart } from '../engines/postgres/storable.ts'
import type { RetryPolicy } from './config.ts'
import type { OrderRow } from './rows.ts'

export const ORDERS_QUEUE = 'orders'
/** Of the message's shape; a consumer refuses one that it does not know. */
const VERSION = '1'

const LOWER_UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.source

export const orderMessage = Type.Object(
  {
    message_id: Type.String({ pattern: LOWER_UUID, [MEANING]: { en: 'a UUID', pt: 'um UUID' } }),
    origin: Type.String({ minLength: 1, maxLength: 100, description: 'The order system.' }),
    order_id: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'Its row there.' }),
    product: Type.String({ minLength: 1, maxLength: 1000 }),
    price: Type.String({
      pattern: /^\d{1,10}(\.\d{1,4})?$/.source,
      description: 'A decimal string.',
      [MEANING]: {
        en: 'a decimal string with at most 10 digits before the point and 4 after it',
        pt: 'um decimal em texto com no máximo 10 dígitos antes do ponto e 4 depois',
      },
    }),
    security_check: Type.Boolean(),
    required_attempts: Type.Integer({
      minimum: 1,
      maximum: 1000,
      description: 'The attempt on which it succeeds; one more than there are where security_check is false.',
    }),
  },
  {
    title: 'OrderMessage',
    additionalProperties: false,
    examples: [
      {
        message_id: '8a4e21c0-5b7f-4c1e-9a63-0d2f4b7c9e15',
        origin: 'a',
        order_id: 42,
        product: 'Caixa de papelão 300x200x150',
        price: '1.97',
        security_check: true,
        required_attempts: 2,
      },
    ],
  },
)
export type OrderMessage = Static<typeof orderMessage>

export function messageOfRow(origin: string, row: OrderRow, policy: RetryPolicy): OrderMessage {
  const { id: order_id, message_id, product, price, security_check } = row
  const required_attempts = requiredAttempts(row, policy)
  return { message_id, origin, order_id, product, price, security_check, required_attempts }
}

/** The same for a row at every call: 1 to as many as there are for TRUE; for FALSE one more, so that it always ends dead. */
function requiredAttempts({ message_id, security_check }: OrderRow, { max_attempts }: RetryPolicy): number {
  if (!security_check) return max_attempts + 1
  // The end of a UUID is random, of whatever version it is.
  return 1 + (Number.parseInt(message_id.slice(-8), 16) % max_attempts)
}

/** The header of a replay: the letter that is replayed. What cannot be read is known by it when it dies again. */
export const REPLAY_OF = 'replay-of'

/** What else goes with a message. */
export interface Travel {
  trace_id: string
  replay: number
  /** Attempts that it had before it was published; see retryNow (status.ts). */
  attempts_before: number
}

export function toQueue(message: OrderMessage, { trace_id, replay, attempts_before }: Travel): QueueMessage {
  return {
    id: copyId(message.message_id, replay, attempts_before),
    body: new TextEncoder().encode(JSON.stringify(message)),
    headers: {
      version: VERSION,
      trace_id,
      ...(replay > 0 && { replay: String(replay) }),
      ...(attempts_before > 0 && { 'attempts-before': String(attempts_before) }),
    },
  }
}

/** The broker's id of a message; each time that it is published again, it has another one. */
export function copyId(message_id: string, replay: number, attempts_before: number): string {
  return replay === 0 && attempts_before === 0 ? message_id : `${message_id}:${replay}:${attempts_before}`
}

/**
 * The same message as a new one, which begins with the attempt under way: a broker gives up a message that consumers have for too
 * long, or too often, without an end.
 */
export function renewedMessage(
  { body, headers }: Pick<Delivery, 'body' | 'headers'>,
  { message, travel, attempt }: { message: OrderMessage; travel: Travel; attempt: number },
): QueueMessage {
  const attempts_before = attempt - 1
  return {
    // The one that it takes over from is still there.
    id: `${message.message_id}:${travel.replay}:${attempts_before}:${crypto.randomUUID().slice(0, 8)}`,
    body,
    headers: { ...headers, 'attempts-before': String(attempts_before) },
  }
}

/** Why a message can never be handled. */
export const REFUSALS = [
  'too_large',
  'header_missing',
  'version_unknown',
  'header_invalid',
  'not_json',
  'invalid',
  'id_mismatch',
] as const
export interface Refusal {
  reason: (typeof REFUSALS)[number]
  detail: string
}

export type Decoded = { message: OrderMessage; travel: Travel } | Refusal

const shape = TypeCompiler.Compile(orderMessage)

/** The order in a delivery, or why there is none. Never throws, whatever the bytes are. */
export function decodeOrder({ id, body, headers }: Omit<Delivery, 'attempt'>, max_bytes: number): Decoded {
  if (body.byteLength > max_bytes)
    return { reason: 'too_large', detail: `${body.byteLength} bytes are more than a message may have, ${max_bytes}.` }
  for (const name of ['version', 'trace_id'])
    if (!headers[name]) return { reason: 'header_missing', detail: `The header ${name} is missing.` }
  if (headers.version !== VERSION)
    return {
      reason: 'version_unknown',
      detail: `The version ${JSON.stringify(headers.version!.slice(0, 40))} is not known; this consumer knows ${VERSION}.`,
    }
  const replay = countIn(headers.replay)
  const attempts_before = countIn(headers['attempts-before'])
  if (replay === null || attempts_before === null)
    return { reason: 'header_invalid', detail: 'The headers replay and attempts-before are whole numbers up to 1000.' }
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (thrown) {
    return { reason: 'not_json', detail: `It is not JSON in UTF-8: ${messageOf(thrown)}` }
  }
  const detail = misfit(json)
  if (detail) return { reason: 'invalid', detail }
  const message = json as OrderMessage
  // The broker's id is what copies are known by before anybody reads them.
  if (id !== message.message_id && !id.startsWith(`${message.message_id}:`))
    return {
      reason: 'id_mismatch',
      detail: `The broker has it as ${JSON.stringify(id.slice(0, 80))}, it calls itself ${message.message_id}.`,
    }
  return { message, travel: { trace_id: headers.trace_id!.slice(0, 200), replay, attempts_before } }
}

/** The order that the bytes are; null where they are none. */
export function readOrder(body: Uint8Array): OrderMessage | null {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return shape.Check(json) ? json : null
  } catch {
    return null
  }
}

function misfit(json: unknown): string | undefined {
  const errors = errorItems(shape.Errors(json), 5)
  if (errors.length > 0) return errors.map(({ path, message }) => `${path} ${textIn(message, 'en')}`).join('; ')
  const unstorable = unstorablePart(json)
  return unstorable && `It ${unstorable.en}.`
}

function countIn(text: string | undefined): number | null {
  if (text === undefined) return 0
  const count = Number(text)
  return /^\d{1,4}$/.test(text) && count <= 1000 ? count : null
}
