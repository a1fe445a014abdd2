/** A message as it is on the wire, and back. What AMQP keeps under x- is the broker's, and x-doca- is ours. */
import type { Message, Options } from 'amqplib'
import { createHash } from 'node:crypto'
import type { DeadLetterRow } from '../dead-letters.ts'
import type { Delivery, QueueMessage } from '../queue.ts'

export interface Outgoing {
  body: Buffer
  options: Options.Publish & { messageId: string }
}

/** `nonce` is the publish call's, so that two deaths of one message are told from one death told twice. */
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

export interface Death {
  delivery: Delivery
  reason: string
}

/** The dead message on its way to the table; it tells the same death when it is told again. */
export function obituary(queue: string, message: Message, { delivery, reason }: Death): Outgoing {
  const { id, body, attempt, headers } = delivery
  const told = [queue, id, attempt, message.properties.correlationId ?? '']
  const death = createHash('sha256').update(JSON.stringify(told)).update(body).digest('base64url')
  const ours = {
    'x-doca-attempt': String(attempt),
    'x-doca-reason': reason,
    'x-doca-death': death,
    'x-doca-died-at': String(Date.now()),
  }
  return outgoing({ id, body, headers: { ...headers, ...ours } }, '')
}

/** The dead letter that an obituary tells of. */
export function deadLetterOf(queue: string, message: Message): DeadLetterRow {
  const { messageId, headers = {} } = message.properties
  const said = (name: string) => headers[`x-doca-${name}`] as unknown
  const died_at = new Date(Number(said('died-at') ?? Date.now()))
  return {
    queue,
    message_id: String(messageId ?? '').replaceAll('\0', '\u{fffd}'),
    body: message.content,
    headers: ownHeaders(headers),
    attempt: Number(said('attempt') ?? 1),
    reason: String(said('reason') ?? 'Somebody else put it here.'),
    died_at,
    death: typeof said('death') === 'string' ? (said('death') as string) : null,
  }
}

function ownHeaders(headers: Record<string, unknown>): Record<string, string> {
  const own: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (!/^x-/i.test(name)) own[name] = typeof value === 'string' ? value : JSON.stringify(value)
  return own
}
