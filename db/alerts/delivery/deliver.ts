/**
 * Delivers from the outbox to a channel: claims one notification, or a group of them, sends it, writes how that went. If this
 * process ends in between, each is claimed again when the lease is over.
 */
import type { Sql } from 'postgres'
import {
  claimNotifications,
  notificationsFailed,
  notificationsSent,
  pauseChannel,
  releaseNotifications,
  type ClaimedNotification,
  type ClaimTerms,
} from '../outbox.ts'
import { backoffDelay } from '../../../lib/retry.ts'
import { messageOf } from '../../../lib/errors.ts'
import type { Log } from '../../../lib/log.ts'
import type { Locale } from '../../../lib/texts.ts'
import { ChannelError, type Channel, type Message } from './channel.ts'

/** The statements of delivery on the outbox. */
export interface Outbox {
  claim(channel: string, terms: ClaimTerms): Promise<ClaimedNotification[]>
  sent(held: ClaimedNotification[]): Promise<void>
  failed(held: ClaimedNotification[], how: Parameters<typeof notificationsFailed>[2]): Promise<{ dead: number }>
  pause(channel: string, pause_s: number): Promise<void>
  release(held: ClaimedNotification[]): Promise<void>
}

export const openOutbox = (sql: Sql): Outbox => ({
  claim: (channel, terms) => claimNotifications(sql, channel, terms),
  sent: (held) => notificationsSent(sql, held),
  failed: (held, how) => notificationsFailed(sql, held, how),
  pause: (channel, pause_s) => pauseChannel(sql, channel, pause_s),
  release: (held) => releaseNotifications(sql, held),
})

/** A send that takes longer has failed. */
const SEND_DEADLINE_MS = 20_000
const LATE = {
  en: `no answer within ${SEND_DEADLINE_MS / 1000} s`,
  pt: `não houve resposta em ${SEND_DEADLINE_MS / 1000} s`,
}
/** Longer than a send and writing how it went, so that no two replicas send the same message at once. */
const LEASE_S = 60
const FIRST_DELAY_S = 5
const MAX_DELAY_S = 900
/** A channel that asks for a longer wait is tried again after this one. */
const MAX_RETRY_AFTER_S = 3600
const GIVE_UP_S = 24 * 3600

/** Delivers one message; `none` when nothing is due. `stopping` ends a send under way, which is then handed back. */
export async function deliverNext(
  outbox: Outbox,
  channel: Channel,
  { log, locale, stopping }: { log: Log; locale: Locale; stopping: AbortSignal },
): Promise<'none' | 'sent' | 'failed'> {
  const held = await outbox.claim(channel.name, { lease_s: LEASE_S, group_s: channel.group_s ?? 0 })
  const [first] = held
  if (!first) return 'none'
  const { kind, rule, subject } = first
  const facts = { channel: channel.name, kind, rule, subject, ...(held.length > 1 && { alerts: held.length }) }
  try {
    const message = asMessage(held, locale)
    await sendWithin((signal) => channel.send(message, signal), stopping)
  } catch (thrown) {
    if (stopping.aborted) {
      await outbox.release(held)
      return 'none'
    }
    const error = thrown instanceof ChannelError ? thrown.text : unexpected(messageOf(thrown).slice(0, 200))
    const retry_in_s = retryDelay(Math.max(...held.map(({ attempts }) => attempts)), thrown)
    const { dead } = await outbox.failed(held, { error, retry_in_s, give_up_s: GIVE_UP_S })
    // A channel that asks us to wait means all messages.
    if (thrown instanceof ChannelError && thrown.retry_after_s) await outbox.pause(channel.name, retry_in_s)
    if (dead > 0) log.error({ ...facts, error: error.en }, 'an alert could not be delivered and is given up')
    else log.warn({ ...facts, error: error.en, retry_in_s: Math.round(retry_in_s) }, 'an alert was not delivered yet')
    return 'failed'
  }
  await outbox.sent(held)
  log.info(facts, 'alert delivered')
  return 'sent'
}

const unexpected = (said: string) => ({ en: `unexpected: ${said}`, pt: `inesperado: “${said}”` })

/** One message about the first notification that names the others; no other group of them has its id. */
export function asMessage(held: ClaimedNotification[], locale: Locale): Message {
  const [{ id, attempts: _, channel, ...rest }, ...others] = held as [ClaimedNotification, ...ClaimedNotification[]]
  const one = `${rest.alert_id}-${channel}-${id}`
  if (others.length === 0) return { ...rest, id: one, locale }
  const all = held.map((notification) => notification.id).join(' ')
  return { ...rest, id: `${one}-${Bun.randomUUIDv5(all, rest.alert_id)}`, locale, others }
}

/** A send that ignores its signal is abandoned. */
export async function sendWithin(send: (signal: AbortSignal) => Promise<void>, stopping: AbortSignal): Promise<void> {
  const deadline = AbortSignal.timeout(SEND_DEADLINE_MS)
  const signal = AbortSignal.any([deadline, stopping])
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const end = () => reject(new ChannelError(LATE))
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  try {
    await Promise.race([send(signal), ended])
  } finally {
    signal.removeEventListener('abort', end)
  }
}

/** Seconds until the next try: a backoff with jitter, never less than the other side asked for. */
export function retryDelay(attempts: number, thrown: unknown): number {
  const asked_s = thrown instanceof ChannelError ? Math.min(thrown.retry_after_s ?? 0, MAX_RETRY_AFTER_S) : 0
  const delay_s = Math.max(backoffDelay(attempts - 1, FIRST_DELAY_S, MAX_DELAY_S), asked_s)
  return delay_s * (1 + Math.random() / 10)
}
