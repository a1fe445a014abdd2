/**
 * Tells a service outside that the watcher lives (PING_URL, by the convention of Healthchecks): `/start` when the program
 * starts, the address itself while its heartbeat is recorded, `/fail` while that is not. When nothing comes any more, the
 * service tells people. The address is a secret: no log line holds it.
 */
import type { Log } from '../lib/log.ts'
import { createOutage } from '../lib/outage.ts'
import { messageOf } from '../lib/errors.ts'

export interface Ping {
  /** To be called at every heartbeat, with the error of one that failed; never throws. */
  beat(problem: unknown): void
}

const EVERY_MS = 60_000
const ANSWER_MS = 10_000
const MAX_REASON = 1_000

/** Sends `/start`. Without an address nothing is ever sent. */
export function startPing(url: string | undefined, log: Log): Ping {
  if (url === undefined) return { beat: () => {} }
  const outage = createOutage(log, 'PING_URL does not take our sign of life', 'PING_URL takes our sign of life again')
  let last: { failing: boolean; at: number } | undefined
  let sending = send('/start')

  async function send(path: '' | '/start' | '/fail', reason = ''): Promise<void> {
    const begun_at = performance.now()
    try {
      const answer = await fetch(below(url!, path), {
        method: 'POST',
        body: reason.slice(0, MAX_REASON),
        signal: AbortSignal.timeout(ANSWER_MS),
      })
      await answer.body?.cancel()
      if (!answer.ok) throw new Error(`it answers ${answer.status}`)
      outage.answered(begun_at)
    } catch (thrown) {
      // A network error may name the address.
      const code = (thrown as NodeJS.ErrnoException).code
      outage.failed(new Error(code ? `the network failed (${code})` : withoutUrl(thrown, url!)), begun_at)
    }
  }

  return {
    beat(problem) {
      const failing = problem !== null
      const now = performance.now()
      if (last?.failing === failing && now - last.at < EVERY_MS) return
      last = { failing, at: now }
      sending = sending.then(() => (failing ? send('/fail', messageOf(problem)) : send('')))
    },
  }
}

function below(url: string, path: string): URL {
  const whole = new URL(url)
  whole.pathname = whole.pathname.replace(/\/$/, '') + path
  return whole
}

const withoutUrl = (thrown: unknown, url: string) => messageOf(thrown).replaceAll(url, 'PING_URL')
