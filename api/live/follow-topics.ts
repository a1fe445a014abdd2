/**
 * Names the topics in which something has changed; readers then ask for the data they show. Woken by NOTIFY, whichever process
 * made the change, over the one connection that listens for this whole process; a follower sends no query.
 */
import type { Sql } from 'postgres'
import { AUDITED } from '../../db/audit/audit.ts'
import { listen } from '../../db/engines/postgres/listen.ts'
import { createNotify } from '../../lib/notify.ts'
import { CHANNELS, topicsOfAction, topicsOfChannel, TOPICS, type Topic } from './topics.ts'

/** A hundred runs that are queued at once are one change; a person does not see the delay. */
const GATHER_MS = 100

export interface Change {
  /** Digits; where a reader goes on. */
  id: string
  topics: Topic[]
}

export interface Topics {
  /**
   * First what the reader may have missed: what has changed after the change `after`, or every topic where that is null, or
   * is not known here. Ends when `signal` aborts.
   */
  follow(topics: readonly Topic[], after: string | null, signal: AbortSignal): AsyncGenerator<Change, void>
}

/** Listens from the first follower on. */
export function createTopics(sql: Sql): Topics {
  /** Ids of another process, or of one before, are not known here. */
  const tag = String(Math.floor(Math.random() * 1000)).padStart(3, '0')
  /** Milliseconds since 1970 and the tag. */
  const idOf = (at: number) => `${at}${tag}`
  const followers = new Set<(now: Iterable<Topic>) => void>()
  const gathered = new Set<Topic>()
  /** When each was last told; all of them when the listening begins. */
  const told_at = new Map<Topic, number>()
  let last_at = 0
  let listening: Promise<unknown> | undefined

  function changed(topics: readonly Topic[]): void {
    if (gathered.size === 0 && topics.length > 0) setTimeout(tell, GATHER_MS)
    for (const topic of topics) gathered.add(topic)
  }

  function tell(): void {
    last_at = Math.max(Date.now(), last_at + 1)
    for (const topic of gathered) told_at.set(topic, last_at)
    for (const follower of followers) follower(gathered)
    gathered.clear()
  }

  async function startListening(): Promise<void> {
    await Promise.all([
      ...CHANNELS.map((channel) => listenTo(channel, () => changed(topicsOfChannel(channel)))),
      listenTo(AUDITED, (action) => changed(topicsOfAction(action))),
    ])
    last_at = Date.now()
    for (const topic of TOPICS) told_at.set(topic, last_at)
  }

  /** `wake` is also called after a connection that was lost, but not at the start. */
  function listenTo(channel: string, wake: (payload: string) => void) {
    let isStart = true
    return listen(sql, channel, (payload) => {
      if (payload === '' && isStart) isStart = false
      else wake(payload)
    })
  }

  async function* follow(topics: readonly Topic[], after: string | null, signal: AbortSignal) {
    await (listening ??= startListening().catch((err) => {
      listening = undefined
      throw err
    }))
    const notify = createNotify()
    const news = new Set<Topic>()
    const follower = (now: Iterable<Topic>) => {
      for (const topic of now) if (topics.includes(topic)) news.add(topic)
      if (news.size > 0) notify.notifyOne()
    }
    const after_at = after?.endsWith(tag) ? Number(after.slice(0, -tag.length)) : 0
    followers.add(follower)
    signal.addEventListener('abort', notify.notifyOne)
    try {
      yield { id: idOf(last_at), topics: topics.filter((topic) => told_at.get(topic)! > after_at) }
      while (!signal.aborted) {
        await notify.notified()
        const now = topics.filter((topic) => news.has(topic))
        news.clear()
        if (now.length > 0 && !signal.aborted) yield { id: idOf(last_at), topics: now }
      }
    } finally {
      signal.removeEventListener('abort', notify.notifyOne)
      followers.delete(follower)
    }
  }

  return { follow }
}
