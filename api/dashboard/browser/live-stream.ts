/** The event stream of a tab, and what is asked again for what it tells. */
import type { QueryClient } from '@tanstack/react-query'
import { followStream } from './follow-stream.ts'

/** Topics of GET /live, and how the keys of the queries begin that they are about. */
const TOPICS: Record<string, readonly string[]> = {
  alerts: ['alerts', 'silences'],
  charts: ['charts'],
  'dead-letters': ['dead-letters', 'replays'],
  jobs: ['jobs', 'runs'],
  monitors: ['monitors'],
  orders: ['orders'],
  packaging: ['packaging'],
  people: ['people'],
  reports: ['reports'],
  streams: ['streams', 'events'],
}
const TOPICS_OF_ADMINS: typeof TOPICS = { audit: ['audit'], users: ['users'] }

/** A topic in which much happens is asked for this often: a user may send ten requests a second. An alert is seen within a second. */
const PACES: Record<string, number> = { alerts: 600, orders: 1000 }
const paceOf = (topic: string): number => PACES[topic] ?? 3000
/** Where the answers take long, as over a million orders, they are asked for half of the time at most. */
const REST_SHARE = 1
const LONGEST_MS = 5000
/** What is on its way when the stream opens is let arrive, and is asked for again: it may be of before. */
const FIRST_MS = 1000

/** A list in which somebody has gone further than this stays as it is: each of its pages would be asked for. */
const MOST_PAGES = 5
const pagesOf = (data: unknown): number => (data as { pages?: unknown[] } | undefined)?.pages?.length ?? 1

/** Returns how to close it. */
export function openStream(queries: QueryClient, isAdmin: boolean, setOpen: (isOpen: boolean) => void): () => void {
  const topics = { ...TOPICS, ...(isAdmin && TOPICS_OF_ADMINS) }
  const refresher = createRefresher((topic) => {
    const starts = topics[topic] ?? []
    return queries.invalidateQueries({
      predicate: ({ queryKey, state }) =>
        starts.some((start) => `${queryKey.join(' ')} `.startsWith(`${start} `)) && pagesOf(state.data) <= MOST_PAGES,
    })
  })
  /** Waits until the API is reached, renews the session, and learns that it has ended or has another role. */
  const askWho = () => queries.refetchQueries({ queryKey: ['me'], exact: true })

  const stop = followStream(() => `/live?topics=${Object.keys(topics).join(',')}`, {
    listen(source) {
      let isFirst = true
      source.addEventListener('changed', ({ data }: MessageEvent<string>) => {
        for (const topic of (JSON.parse(data) as { topics: string[] }).topics)
          if (isFirst) refresher.later(topic, FIRST_MS)
          else refresher.now(topic)
        isFirst = false
      })
    },
    opened: () => setOpen(true),
    broken() {
      setOpen(false)
      void askWho()
    },
    recover: askWho,
  })
  return () => {
    stop()
    refresher.stop()
    setOpen(false)
  }
}

/** Calls `refresh` with a topic at once, but not again before its pace allows it. */
function createRefresher(refresh: (topic: string) => Promise<void>) {
  /** By how long the last answers took. */
  const slow = new Map<string, number>()
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  const wanted = new Set<string>()

  function later(topic: string, ms: number): void {
    wanted.add(topic)
    if (!timers.has(topic)) rest(topic, ms)
  }
  function rest(topic: string, ms: number): void {
    timers.set(
      topic,
      setTimeout(() => {
        timers.delete(topic)
        if (wanted.delete(topic)) now(topic)
      }, ms),
    )
  }
  function now(topic: string): void {
    if (timers.has(topic)) return void wanted.add(topic)
    const from_ms = performance.now()
    void refresh(topic).then(() => slow.set(topic, performance.now() - from_ms))
    rest(topic, Math.max(paceOf(topic), REST_SHARE * Math.min(slow.get(topic) ?? 0, LONGEST_MS)))
  }
  function stop(): void {
    for (const timer of timers.values()) clearTimeout(timer)
    timers.clear()
    wanted.clear()
  }
  return { now, later, stop }
}
