/**
 * Publishes on one confirm channel, as many calls at once as there are. A message counts as stored when the broker has
 * confirmed it and has not returned it: what cannot be routed is returned first and confirmed afterwards all the same.
 */
import type { ConfirmChannel } from 'amqplib'
import { AppError } from '../../../../lib/errors.ts'
import type { Log } from '../../../../lib/log.ts'
import { nameOf } from './url.ts'
import type { Connection } from './connection.ts'
import type { Outgoing } from './message.ts'
import { unavailable } from './errors.ts'

/** How long the broker gets to tell consumers that a queue was deleted. */
const GONE_MS = 1_000
const DEADLINE_MS = 15_000
/** Unconfirmed at once, over all calls: enough to keep the broker busy, bounded in memory. */
const MAX_UNCONFIRMED_BYTES = 32 * 1024 * 1024

export interface Publisher {
  /**
   * Publishes straight to the queue `name`; when it is missing, `declare` makes it and what came back is sent again,
   * once. Throws AppError queue_unavailable after 15 s, or when the broker rejects or the channel is lost.
   */
  publish(name: string, messages: Outgoing[], declare: (missing: boolean) => Promise<void>): Promise<void>
  /** Resolves when no call is under way. */
  idle(): Promise<unknown>
}

/** A confirm channel, and what the broker returned on it. */
interface PublishChannel {
  channel: ConfirmChannel
  /** How many of a message (`queue id`) came back. */
  returned: Map<string, number>
}

interface Call {
  late: boolean
}

export function createPublisher(connection: Connection, log: Log): Publisher {
  const calls = new Set<Promise<void>>()
  let waiting: Array<() => void> = []
  let unconfirmed_bytes = 0
  let open: Promise<PublishChannel> | null = null
  connection.onBlocked(wake)

  function wake(): void {
    const woken = waiting
    waiting = []
    for (const resolve of woken) resolve()
  }

  /** The one channel, opened again after it was lost. */
  function publishChannel(): Promise<PublishChannel> {
    if (open !== null) return open
    const opening = openChannel()
    const forget = () => {
      if (open === opening) open = null
    }
    open = opening
    opening.then(({ channel }) => channel.on('close', forget), forget)
    return opening
  }

  async function openChannel(): Promise<PublishChannel> {
    const model = await connection.model()
    const channel = await model.createConfirmChannel()
    const returned = new Map<string, number>()
    channel.on('error', (err) => log.debug({ err }, 'the channel for publishing was lost'))
    channel.on('return', ({ fields, properties }) => {
      const key = `${fields.routingKey} ${properties.messageId}`
      returned.set(key, (returned.get(key) ?? 0) + 1)
    })
    return { channel, returned }
  }

  async function publish(name: string, messages: Outgoing[], declare: (missing: boolean) => Promise<void>) {
    const call: Call = { late: false }
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      call.late = true
      reject(lateError(connection))
      wake()
    }, DEADLINE_MS)
    try {
      await Promise.race([publishTwice(call, name, messages, declare), late])
    } catch (cause) {
      if (cause instanceof AppError && cause.code !== 'engine_timeout') throw cause
      throw unavailable(
        {
          en: `The messages for queue ${name} are not known to be stored, send them again`,
          pt: `Não se sabe se as mensagens da fila ${name} foram gravadas; envie de novo`,
        },
        cause,
      )
    } finally {
      clearTimeout(timer)
    }
  }

  async function publishTwice(
    call: Call,
    name: string,
    messages: Outgoing[],
    declare: (missing: boolean) => Promise<void>,
  ) {
    await declare(false)
    const returned = await send(call, name, messages)
    if (returned.length === 0) return
    // Made anew at once, RabbitMQ 3.10 may not tell the consumers of the old queue that it is gone: they wait for ever.
    await Bun.sleep(GONE_MS)
    await declare(true)
    if ((await send(call, name, returned)).length === 0) return
    throw new AppError('unavailable', 'queue_missing', {
      en: `${nameOf(connection.endpoint)} cannot bring messages to queue ${name}, although it was made just now; somebody deletes it.`,
      pt: `${nameOf(connection.endpoint)} não consegue levar mensagens à fila ${name}, embora ela tenha acabado de ser criada; alguém a apaga.`,
    })
  }

  /** Sends and waits for every confirm; resolves with what came back. */
  async function send(call: Call, name: string, messages: Outgoing[]): Promise<Outgoing[]> {
    const { channel, returned } = await publishChannel()
    const { promise, resolve, reject } = Promise.withResolvers<Outgoing[]>()
    // It may fail while this still waits for room.
    promise.catch(() => {})
    const back: Outgoing[] = []
    let left = messages.length
    for (const message of messages) {
      while ((unconfirmed_bytes > MAX_UNCONFIRMED_BYTES || connection.blocked() !== null) && !call.late)
        await new Promise<void>((free) => waiting.push(free))
      if (call.late) break
      const size_bytes = message.body.byteLength
      unconfirmed_bytes += size_bytes
      const settled = (err: unknown) => {
        unconfirmed_bytes -= size_bytes
        if (waiting.length > 0 && unconfirmed_bytes <= MAX_UNCONFIRMED_BYTES) wake()
        // amqplib passes null for a confirm.
        if (err !== null) return reject(err)
        if (returned.size > 0 && takeReturned(returned, `${name} ${message.options.messageId}`)) back.push(message)
        if (--left === 0) resolve(back)
      }
      try {
        channel.publish('', name, message.body, message.options, settled)
      } catch (err) {
        unconfirmed_bytes -= size_bytes
        throw err
      }
    }
    return promise
  }

  return {
    publish(name, messages, declare) {
      if (messages.length === 0) return Promise.resolve()
      const call = publish(name, messages, declare)
      calls.add(call)
      const done = () => calls.delete(call)
      call.then(done, done)
      return call
    },
    idle: () => Promise.allSettled(calls),
  }
}

function takeReturned(returned: Map<string, number>, key: string): boolean {
  const count = returned.get(key) ?? 0
  if (count > 1) returned.set(key, count - 1)
  else returned.delete(key)
  return count > 0
}

function lateError(connection: Connection): AppError {
  const reason = connection.blocked()
  const name = nameOf(connection.endpoint)
  const detail =
    reason === null
      ? {
          en: `${name} has not confirmed them within ${DEADLINE_MS / 1000} s.`,
          pt: `${name} não as confirmou em ${DEADLINE_MS / 1000} s.`,
        }
      : {
          en: `${name} takes no messages now (${reason}; make room, and it goes on by itself) within ${DEADLINE_MS / 1000} s.`,
          pt: `${name} não aceita mensagens agora (“${reason}”; libere espaço, e ele continua sozinho): nada em ${DEADLINE_MS / 1000} s.`,
        }
  return new AppError('unavailable', 'engine_timeout', detail)
}
