/**
 * The event stream of a tab, and what is asked again for what it tells. The states: open; broken off, where at first the browser
 * opens it again, so that the API knows what was missed; waiting, longer each time, where that fails, too; closed.
 */
import type { QueryClient } from '@tanstack/react-query'
import { onLeaving } from './leaving.ts'

/** Topics of GET /live, and how the keys of the queries begin that they are about. */
const TOPICS: Record<string, readonly string[]> = {
  alerts: ['alerts', 'silences'],
  charts: ['charts'],
  jobs: ['jobs', 'runs'],
  monitors: ['monitors'],
  packaging: ['packaging'],
  reports: ['reports'],
}
const TOPICS_OF_ADMINS: typeof TOPICS = { audit: ['audit'], users: ['users'] }

/** A topic in which much happens is asked for this often: a user may send ten requests a second. An alert is seen within a second. */
const paceOf = (topic: string): number => (topic === 'alerts' ? 600 : 3000)
/** What is on its way when the stream opens is let arrive, and is asked for again: it may be of before. */
const FIRST_MS = 1000
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 15_000

/** A list in which somebody has gone further than this stays as it is: each of its pages would be asked for. */
const MOST_PAGES = 5
const pagesOf = (data: unknown): number => (data as { pages?: unknown[] } | undefined)?.pages?.length ?? 1

/** Returns how to close it. */
export function openStream(queries: QueryClient, isAdmin: boolean, setOpen: (isOpen: boolean) => void): () => void {
  const topics = { ...TOPICS, ...(isAdmin && TOPICS_OF_ADMINS) }
  const refresher = createRefresher((topic) => {
    const starts = topics[topic] ?? []
    void queries.invalidateQueries({
      predicate: ({ queryKey, state }) =>
        starts.some((start) => `${queryKey.join(' ')} `.startsWith(`${start} `)) && pagesOf(state.data) <= MOST_PAGES,
    })
  })
  let source: EventSource | undefined
  let waiting: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let isFirst = true
  let isOver = false

  function open(): void {
    if (isOver) return
    isFirst = true
    source = new EventSource(`/live?topics=${Object.keys(topics).join(',')}`)
    source.addEventListener('open', () => {
      failures = 0
      setOpen(true)
    })
    source.addEventListener('changed', ({ data }: MessageEvent<string>) => {
      for (const topic of (JSON.parse(data) as { topics: string[] }).topics)
        if (isFirst) refresher.later(topic, FIRST_MS)
        else refresher.now(topic)
      isFirst = false
    })
    source.addEventListener('error', () => {
      setOpen(false)
      if (source?.readyState !== EventSource.CLOSED && failures === 0) {
        failures = 1
        void askWho()
        return
      }
      leave()
      waiting = setTimeout(() => void askWho().then(open), waitAfter(failures++))
    })
  }

  /** GET /me waits until the API is reached, renews the session, and learns that it has ended or has another role. */
  const askWho = () => queries.refetchQueries({ queryKey: ['me'], exact: true })

  function leave(): void {
    source?.close()
    clearTimeout(waiting)
    refresher.stop()
  }

  open()
  const stop = onLeaving(leave, open)
  return () => {
    isOver = true
    stop()
    leave()
  }
}

/** Not all tabs come back at once. */
const waitAfter = (failures: number): number =>
  Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2)

/** Calls `refresh` with a topic at once, but not again before its pace allows it. */
function createRefresher(refresh: (topic: string) => void) {
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
    refresh(topic)
    rest(topic, paceOf(topic))
  }
  function stop(): void {
    for (const timer of timers.values()) clearTimeout(timer)
    timers.clear()
    wanted.clear()
  }
  return { now, later, stop }
}
