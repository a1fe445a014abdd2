/**
 * One notification's way from the outbox to its channel: claim, send, write how it went. Whatever ends this process in
 * between, the notification is claimed again when the lease is over.
 */
import type { Sql } from 'postgres'
import {
  claimNotification,
  notificationFailed,
  notificationSent,
  pauseChannel,
  releaseNotification,
  type ClaimedNotification,
} from '../../db/alerts/outbox.ts'
import { growingDelay } from '../../db/outlast.ts'
import { messageOf } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import type { Locale } from '../../lib/texts.ts'
import { ChannelError, type Channel, type Message } from './channel.ts'

/** What delivery does with the outbox; each is one statement. */
export interface Outbox {
  claim(channel: string, lease_s: number): ReturnType<typeof claimNotification>
  sent(held: ClaimedNotification): Promise<boolean>
  failed(
    held: ClaimedNotification,
    how: Parameters<typeof notificationFailed>[2],
  ): ReturnType<typeof notificationFailed>
  pause(channel: string, pause_s: number): Promise<void>
  release(held: ClaimedNotification): Promise<void>
}

export const openOutbox = (sql: Sql): Outbox => ({
  claim: (channel, lease_s) => claimNotification(sql, channel, lease_s),
  sent: (held) => notificationSent(sql, held),
  failed: (held, how) => notificationFailed(sql, held, how),
  pause: (channel, pause_s) => pauseChannel(sql, channel, pause_s),
  release: (held) => releaseNotification(sql, held),
})

/** A channel that has not taken a message by then has failed. */
const SEND_DEADLINE_MS = 20_000
/** Longer than a send with its writing, so that nobody sends what another still sends. */
const LEASE_S = 60
const FIRST_DELAY_S = 5
const MAX_DELAY_S = 900
/** Somebody who asks for more is asked again all the same. */
const MAX_RETRY_AFTER_S = 3600
const GIVE_UP_S = 24 * 3600

/** Delivers one; `none` when nothing is due here. `stopping` ends a send under way, which is then handed back. */
export async function deliverNext(
  outbox: Outbox,
  channel: Channel,
  { log, locale, stopping }: { log: Log; locale: Locale; stopping: AbortSignal },
): Promise<'none' | 'sent' | 'failed'> {
  const held = await outbox.claim(channel.name, LEASE_S)
  if (!held) return 'none'
  const facts = { channel: channel.name, kind: held.kind, rule: held.rule, subject: held.subject }
  try {
    await sendWithin(channel, asMessage(held, locale), stopping)
  } catch (thrown) {
    if (stopping.aborted) {
      await outbox.release(held)
      return 'none'
    }
    const error = thrown instanceof ChannelError ? thrown.message : `unexpected: ${messageOf(thrown).slice(0, 200)}`
    const retry_in_s = retryDelay(held.attempts, thrown)
    const now = await outbox.failed(held, { error, retry_in_s, give_up_s: GIVE_UP_S })
    // Who asks us to wait means all that we would send.
    if (thrown instanceof ChannelError && thrown.retry_after_s) await outbox.pause(channel.name, retry_in_s)
    if (now === 'dead') log.error({ ...facts, error }, 'an alert could not be delivered and is given up')
    else log.warn({ ...facts, error, retry_in_s: Math.round(retry_in_s) }, 'an alert was not delivered yet')
    return 'failed'
  }
  await outbox.sent(held)
  log.info(facts, 'alert delivered')
  return 'sent'
}

export function asMessage({ id, attempts: _, channel, ...rest }: ClaimedNotification, locale: Locale): Message {
  return { ...rest, id: `${rest.alert_id}-${channel}-${id}`, locale }
}

/** A send that ignores its signal is left behind. */
export async function sendWithin(channel: Channel, message: Message, stopping: AbortSignal): Promise<void> {
  const deadline = AbortSignal.timeout(SEND_DEADLINE_MS)
  const signal = AbortSignal.any([deadline, stopping])
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const end = () => reject(new ChannelError(`no answer within ${SEND_DEADLINE_MS / 1000} s`))
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  try {
    await Promise.race([channel.send(message, signal), ended])
  } finally {
    signal.removeEventListener('abort', end)
  }
}

/** Growing, with jitter, and never sooner than the other side asked for. */
export function retryDelay(attempts: number, thrown: unknown): number {
  const asked_s = thrown instanceof ChannelError ? Math.min(thrown.retry_after_s ?? 0, MAX_RETRY_AFTER_S) : 0
  const delay_s = Math.max(growingDelay(attempts - 1, FIRST_DELAY_S, MAX_DELAY_S), asked_s)
  return delay_s * (1 + Math.random() / 10)
}
