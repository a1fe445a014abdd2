/** Tells an outage of the database on one channel, and reminds of it, until it is over. There is no outbox meanwhile. */
import { DATABASE, type Beforehand, type Outage } from '../../db/alerts/database-outage.ts'
import { SEVERITIES, type Severity } from '../../db/alerts/rules.ts'
import { quietUntil, type Settings } from '../../db/alerts/settings.ts'
import { messageOf } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import { backoffDelay, sleep } from '../../lib/retry.ts'
import type { Locale } from '../../lib/texts.ts'
import { ChannelError, type Channel, type Message } from '../../db/alerts/delivery/channel.ts'
import { sendWithin } from '../../db/alerts/delivery/deliver.ts'

const FIRST_DELAY_MS = 1_000
const MAX_DELAY_MS = 60_000
/** A silence may have been read, or ended, meanwhile. */
const MAX_SLEEP_MS = 60_000

export interface TellTools {
  settings: Settings
  silences(): Beforehand['silences']
  /** Keeps when each channel was told. */
  keep(outage: Outage): Promise<void>
  log: Log
  locale: Locale
}

/** As the outbox decides it. */
export const isTold = ({ name, min_severity }: Channel, { channels, severity, mute }: Settings): boolean =>
  !mute &&
  (channels === null
    ? SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(min_severity)
    : name === 'log' || channels.includes(name))

/** Writes into `outage.told` when the channel took the message. Resolves when `over` aborts; never rejects. */
export async function tellOutage(channel: Channel, outage: Outage, tools: TellTools, over: AbortSignal): Promise<void> {
  const { settings, silences, keep, log, locale } = tools
  for (let tries = 0; !over.aborted;) {
    const last = outage.told[channel.name]
    const wait_ms = untilDue(last, silences(), settings, outage)
    if (wait_ms > 0) {
      await sleep(Math.min(MAX_SLEEP_MS, wait_ms), over)
      continue
    }
    try {
      const flaps = outage.nth === settings.flapping?.times
      const kind = last ? 'reminder' : flaps ? 'flapping' : 'firing'
      const message = messageFor(channel, outage, kind, { locale, ...settings })
      await sendWithin((signal) => channel.send(message, signal), over)
    } catch (thrown) {
      // A channel that is not told yet is told by the outbox when the database is back.
      outage.told[channel.name] ??= null
      if (over.aborted) return
      log.warn({ channel: channel.name, error: messageOf(thrown) }, 'the outage of the database was not told yet')
      const asked_s = thrown instanceof ChannelError ? (thrown.retry_after_s ?? 0) : 0
      await sleep(Math.max(backoffDelay(tries++, FIRST_DELAY_MS, MAX_DELAY_MS), asked_s * 1000), over)
      continue
    }
    tries = 0
    outage.told[channel.name] = new Date()
    await keep(outage)
    log.info({ channel: channel.name }, 'the outage of the database was told')
  }
}

/**
 * Milliseconds until the next message: the end of a silence or of quiet hours, or a reminder's time after the last message. Of a
 * database that comes and goes only what lasts is told, after it was told that it does.
 */
function untilDue(
  last: Date | null | undefined,
  silences: Beforehand['silences'],
  { remind_s, quiet, flapping }: Settings,
  { nth, fired_at }: Outage,
): number {
  const now = Date.now()
  const silence = silences.find(({ from, to }) => from.getTime() <= now && now < to.getTime())
  const reminder_at = last ? last.getTime() + (remind_s ?? Infinity) * 1000 : 0
  const steady_at = !last && flapping && nth > flapping.times ? fired_at.getTime() + flapping.steady_s * 1000 : 0
  const quiet_until = quietUntil(quiet, new Date(now))
  return Math.max(silence?.to.getTime() ?? 0, quiet_until?.getTime() ?? 0, reminder_at, steady_at) - now
}

function messageFor(
  { name }: Channel,
  outage: Outage,
  kind: Message['kind'],
  { locale, severity }: { locale: Locale; severity: Severity },
): Message {
  const { id, opened_at, fired_at, detail, failures } = outage
  return {
    // The same from every replica, and in the outbox: one incident, one channel.
    id: `${id}-${name}-${kind}`,
    kind,
    rule: 'DB_CONNECTION_LOST',
    alias: null,
    subject: DATABASE,
    severity,
    detail,
    alert_id: id,
    failures,
    opened_at,
    fired_at,
    resolved_at: null,
    acknowledged_by: null,
    flapping_at: null,
    locale,
  }
}
