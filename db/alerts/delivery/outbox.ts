/**
 * Delivers the outbox to the channels that this replica has. Each channel is drained by itself, so that one that hangs or is
 * away holds up no other. Every pass also writes the notifications that have become due by time alone: reminders, and those
 * that a silence or another alert held back until now.
 */
import type { Sql } from 'postgres'
import { nameChannels } from '../channels.ts'
import { endFlapping } from '../flapping.ts'
import { writeDue } from '../notifications.ts'
import { waitOfChannels } from '../outbox.ts'
import { ALERTS_CHANGED } from '../alerts.ts'
import { createNotify } from '../../../lib/notify.ts'
import { listen } from '../../engines/postgres/listen.ts'
import { createRetry } from '../../../lib/retry.ts'
import type { Log } from '../../../lib/log.ts'
import type { Locale } from '../../../lib/texts.ts'
import type { Channel } from './channel.ts'
import { deliverNext, openOutbox } from './deliver.ts'

/** Silences end, and reminders come due, at most this late. */
const PASS_EVERY_MS = 5_000
/** A notification that is due and was not claimed is locked by another replica. */
const PASS_AGAIN_MS = 100
const NAME_EVERY_MS = 60_000
/** A send under way when the program stops may take this long. */
const FINISH_MS = 1_000

export interface OutboxOptions {
  log: Log
  locale: Locale
  /** Observations that are to be made at every pass. */
  observe?: () => Promise<void>
}

export interface AlertOutbox {
  stop(): Promise<void>
}

export async function startOutbox(
  sql: Sql,
  channels: Channel[],
  { log, locale, observe }: OutboxOptions,
): Promise<AlertOutbox> {
  const retryUntilAborted = createRetry(log, 'the outbox of alerts')
  const outbox = openOutbox(sql)
  const byName = new Map(channels.map((channel) => [channel.name, channel]))
  const groups = channels.map(({ name, group_s = 0 }) => ({ name, group_s }))
  const busy = new Map<string, Promise<void>>()
  const notify = createNotify()
  const stopping = new AbortController()
  const abandoning = new AbortController()
  let named_at = -Infinity

  /** Starts to drain the channels that have notifications; returns how long to sleep, in milliseconds. */
  async function pass(): Promise<number> {
    if (performance.now() - named_at > NAME_EVERY_MS) {
      await nameChannels(sql, channels)
      named_at = performance.now()
    }
    await observe?.()
    await endFlapping(sql)
    await writeDue(sql)
    const waits = await waitOfChannels(sql, groups)
    let sleep_ms = PASS_EVERY_MS
    for (const [name, wait_ms] of waits) {
      if (busy.has(name)) continue
      if (wait_ms <= 0) drain(byName.get(name)!)
      sleep_ms = Math.min(sleep_ms, Math.max(wait_ms, PASS_AGAIN_MS))
    }
    return sleep_ms
  }

  /** Sends until nothing is due, or the channel fails: then the next pass decides. */
  function drain(channel: Channel): void {
    const task = (async () => {
      const deliver = () => deliverNext(outbox, channel, { log, locale, stopping: abandoning.signal })
      while (!stopping.signal.aborted && (await deliver()) === 'sent');
    })().catch((err) => log.debug({ err }, 'the outbox of alerts could not write how a delivery went'))
    busy.set(
      channel.name,
      task.then(() => {
        busy.delete(channel.name)
        notify.notifyOne()
      }),
    )
  }

  // Before the first run may end: an alert that is observed before any channel is known is told late.
  await nameChannels(sql, channels)
  named_at = performance.now()
  const unlisten = await listen(sql, ALERTS_CHANGED, notify.notifyOne)
  const passes = (async () => {
    while (!stopping.signal.aborted) {
      const sleep_ms = await retryUntilAborted(pass, stopping.signal).catch(() => 0)
      if (!stopping.signal.aborted) await notify.notified(sleep_ms)
    }
  })()

  return {
    async stop() {
      stopping.abort()
      notify.notifyOne()
      await Promise.all([passes, unlisten()])
      const timer = setTimeout(() => abandoning.abort(), FINISH_MS)
      await Promise.all(busy.values())
      clearTimeout(timer)
    },
  }
}
