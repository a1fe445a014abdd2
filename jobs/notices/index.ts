/** Delivers the outbox of e-mails to users (db/users/notices.ts) through the mail server of the alerts, one after the other. */
import type { Sql } from 'postgres'
import { listen } from '../../db/engines/postgres/listen.ts'
import { noticeText } from '../../db/users/notice-texts.ts'
import {
  claimNotice,
  noticeFailed,
  NOTICES_WRITTEN,
  noticeSent,
  waitOfNotices,
  type Notice,
} from '../../db/users/notices.ts'
import { messageOf } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import { createNotify } from '../../lib/notify.ts'
import { createRetry } from '../../lib/retry.ts'
import type { Locale } from '../../lib/texts.ts'
import { retryDelay, sendWithin } from '../../db/alerts/delivery/deliver.ts'
import type { Mailer } from '../../db/alerts/delivery/mail.ts'

/** In case a notification is lost. */
const PASS_EVERY_MS = 30_000
/** One that is due and was not claimed is locked by another replica. */
const PASS_AGAIN_MS = 100
/** Longer than a send and writing how it went. */
const LEASE_S = 60

export interface Notices {
  stop(): Promise<void>
}

export async function startNotices(
  sql: Sql,
  mailer: Mailer,
  { log, locale }: { log: Log; locale: Locale },
): Promise<Notices> {
  const retryUntilAborted = createRetry(log, 'the outbox of e-mails to users')
  const notify = createNotify()
  const stopping = new AbortController()
  const { signal } = stopping

  async function deliver(notice: Notice): Promise<void> {
    const { id, email, action, created_at } = notice
    // Numbers begin again in a new database; the same at each retry.
    const messageId = `notice-${id}-${created_at.getTime()}`
    const mail = { to: [email], id: messageId, ...noticeText(notice, locale) }
    try {
      await sendWithin((within) => mailer.send(mail, within), signal)
    } catch (thrown) {
      // Its lease ends by itself.
      if (signal.aborted) return
      const error = messageOf(thrown)
      await noticeFailed(sql, notice, { error, retry_in_s: retryDelay(notice.attempts, thrown) })
      return log.warn({ notice: id, action, error }, 'a user was not told yet of a change of the account')
    }
    await noticeSent(sql, notice)
    log.info({ notice: id, action }, 'a user was told of a change of the account')
  }

  /** Sends what is due; returns how long to sleep, in milliseconds. */
  async function pass(): Promise<number> {
    for (let next; !signal.aborted && (next = await claimNotice(sql, LEASE_S));) await deliver(next)
    return Math.min(PASS_EVERY_MS, Math.max(PASS_AGAIN_MS, (await waitOfNotices(sql)) ?? PASS_EVERY_MS))
  }

  const unlisten = await listen(sql, NOTICES_WRITTEN, notify.notifyOne)
  const passes = (async () => {
    while (!signal.aborted) {
      const sleep_ms = await retryUntilAborted(pass, signal).catch(() => 0)
      if (!signal.aborted) await notify.notified(sleep_ms)
    }
  })()

  return {
    async stop() {
      stopping.abort()
      notify.notifyOne()
      await Promise.all([passes, unlisten()])
    },
  }
}
