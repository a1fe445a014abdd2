/**
 * Names the topics in which something has changed; readers then ask for the data they show. Woken by NOTIFY, over the one
 * connection that listens for this whole process; a follower sends no query.
 */
import type { Sql } from 'postgres'
import { ALERTS_CHANGED } from '../../db/alerts/alerts.ts'
import { listen } from '../../db/engines/postgres/listen.ts'
import { RUN_CANCELLED } from '../../db/jobs/cancel-runs.ts'
import { JOBS_REGISTERED } from '../../db/jobs/jobs.ts'
import { RUN_ENDED, RUN_QUEUED } from '../../db/jobs/runs.ts'
import { createNotify } from '../../lib/notify.ts'
import { sleep } from '../../lib/retry.ts'

export const TOPICS = ['alerts', 'jobs'] as const
export type Topic = (typeof TOPICS)[number]

/** A new topic is a line here. */
const CHANNELS: Record<Topic, readonly string[]> = {
  alerts: [ALERTS_CHANGED],
  jobs: [JOBS_REGISTERED, RUN_QUEUED, RUN_CANCELLED, RUN_ENDED],
}

/** A hundred runs that are queued at once are one change; a person does not see the delay. */
const GATHER_MS = 200

/** `missed`: the reader was away, so that anything may have changed. Ends when `signal` aborts. */
export async function* followTopics(
  sql: Sql,
  topics: readonly Topic[],
  missed: boolean,
  signal: AbortSignal,
): AsyncGenerator<Topic[], void> {
  const notify = createNotify()
  const changed = new Set<Topic>()
  const unlisten: Array<() => Promise<void>> = []
  signal.addEventListener('abort', notify.notifyOne)
  try {
    for (const topic of topics)
      for (const channel of CHANNELS[topic])
        unlisten.push(
          // Also at the start, and after a connection that was lost.
          await listen(sql, channel, () => {
            changed.add(topic)
            notify.notifyOne()
          }),
        )
    if (!missed) changed.clear()
    while (!signal.aborted) {
      await notify.notified()
      if (changed.size === 0) continue
      await sleep(GATHER_MS, signal)
      if (signal.aborted) return
      const told = topics.filter((topic) => changed.has(topic))
      changed.clear()
      yield told
    }
  } finally {
    signal.removeEventListener('abort', notify.notifyOne)
    for (const stop of unlisten) await stop()
  }
}
