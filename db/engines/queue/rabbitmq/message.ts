/** A message as it is on the wire, and back. What AMQP keeps under x- is the broker's, and x-doca- is ours. */
import type { Message, Options } from 'amqplib'
import { createHash } from 'node:crypto'
import { storableDetail } from '../../postgres/storable.ts'
import type { DeadLetterRow } from '../dead-letters.ts'
import type { Delivery, QueueMessage } from '../queue.ts'

export interface Outgoing {
  body: Buffer
  options: Options.Publish & { messageId: string }
}

/** `nonce` is the publish call's, so that two deaths of one message differ from one death that is reported twice. */
export function outgoing({ id, body, headers }: QueueMessage, nonce: string): Outgoing {
  return {
    body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
    options: { messageId: id, correlationId: nonce, headers, persistent: true, mandatory: true },
  }
}

export interface Incoming {
  delivery: Delivery
  /** Earlier deliveries of this attempt that came back undecided. */
  lost: number
}

export function incoming(queue: string, message: Message): Incoming {
  const { messageId, headers = {} } = message.properties
  const delivery = {
    // Somebody else's program may have left it out.
    id: typeof messageId === 'string' ? messageId : '',
    body: message.content,
    headers: ownHeaders(headers),
    attempt: 1 + rejections(queue, headers['x-death']),
  }
  return { delivery, lost: Number(headers['x-delivery-count'] ?? 0) }
}

/** How often the message was rejected from the queue, which only the broker writes. */
function rejections(queue: string, deaths: unknown): number {
  if (!Array.isArray(deaths)) return 0
  return deaths
    .filter((death) => death.queue === queue && death.reason === 'rejected')
    .reduce((sum: number, death) => sum + Number(death.count), 0)
}

export interface DeadDelivery {
  delivery: Delivery
  reason: string
}

/** The dead letter on its way to the table; the same death has the same `x-doca-death`, however often it is sent. */
export function deadLetterMessage(queue: string, message: Message, { delivery, reason }: DeadDelivery): Outgoing {
  const { id, body, attempt, headers } = delivery
  const identity = [queue, id, attempt, message.properties.correlationId ?? '']
  const death = createHash('sha256').update(JSON.stringify(identity)).update(body).digest('base64url')
  const ours = {
    'x-doca-attempt': String(attempt),
    'x-doca-reason': reason,
    'x-doca-death': death,
    'x-doca-died-at': String(Date.now()),
  }
  return outgoing({ id, body, headers: { ...headers, ...ours } }, '')
}

/** The row of a message that deadLetterMessage made, or that another program put into the queue. */
export function deadLetterOf(queue: string, message: Message): DeadLetterRow {
  const { messageId, headers = {} } = message.properties
  const ours = (name: string) => headers[`x-doca-${name}`] as unknown
  const died_at = new Date(Number(ours('died-at') ?? Date.now()))
  return {
    queue,
    message_id: storableDetail(String(messageId ?? '')),
    body: message.content,
    headers: ownHeaders(headers),
    attempt: Number(ours('attempt') ?? 1),
    reason: String(ours('reason') ?? 'Somebody else put it here.'),
    died_at,
    death: typeof ours('death') === 'string' ? (ours('death') as string) : null,
  }
}

/** A literal would be an object for each header of each message. */
const RESERVED = /^x-/i

function ownHeaders(headers: Record<string, unknown>): Record<string, string> {
  const own: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (!RESERVED.test(name)) own[name] = typeof value === 'string' ? value : JSON.stringify(value)
  return own
}
