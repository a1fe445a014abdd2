import type { ClaimedNotification } from '../outbox.ts'
import type { RuleName, Severity } from '../rules.ts'
import type { Locale, Translated } from '../../../lib/texts.ts'

/** A way to reach people: one file each in channels/. */
export interface Channel {
  name: string
  /** Alerts below this are not sent here. */
  min_severity: Severity
  /** Alerts of one rule within this many seconds share a message; unset: one message each, as programs want it. */
  group_s?: number
  /** Resolves when the other side has accepted the message; else throws ChannelError, whose message holds no secret. */
  send(message: Message, signal: AbortSignal): Promise<void>
}

/** A notification with its alert. */
export type Message = Omit<ClaimedNotification, 'id' | 'attempts' | 'channel' | 'rule'> & {
  rule: RuleName | 'TEST'
  /** The same at each retry, so that a receiver can tell a repetition. */
  id: string
  locale: Locale
  /** Of the times in it; unset: UTC. */
  timezone?: string
  /** Where its readers find Doca; unset: no link. */
  public_url?: string | undefined
  /** Other alerts of the same rule in this message. */
  others?: Array<Pick<ClaimedNotification, 'subject' | 'detail' | 'opened_at' | 'resolved_at'>>
}

/** What the other side said is in both languages as it came. */
export class ChannelError extends Error {
  constructor(
    readonly text: Translated,
    /** The wait that the other side asked for, e.g. in Retry-After. */
    readonly retry_after_s?: number,
  ) {
    super(text.en)
    this.name = 'ChannelError'
  }
}

/** `text` without `secrets`, on one line and no longer than a person reads. */
export function withoutSecrets(text: string, secrets: ReadonlyArray<string | undefined>): string {
  let clean = text
  for (const secret of secrets) if (secret) clean = clean.replaceAll(secret, '***')
  return clean
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 300)
    .toWellFormed()
}
