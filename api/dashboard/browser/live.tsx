/**
 * Keeps pages up to date. One event stream a tab names the topics in which something has changed, and the queries of these
 * are sent again; polling is the safety net. The states: live; paused by the person; lost, since the API was last reached. A
 * hidden tab has no stream, and refreshes when it is seen again.
 */
import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react'
import { isOffline, renewSession } from './api/client.ts'
import { onLeaving } from './leaving.ts'

interface Live {
  isPaused: boolean
  setPaused: (paused: boolean) => void
  /** ISO 8601; null while the API answers. */
  lost_at: string | null
  /** For queries: how often to ask, or never. */
  every: (ms: number) => number | false
  /** The same, for what the stream tells of. */
  whenTold: () => number | false
}

/** Of GET /live, and what the queries that they are about are called. */
const TOPICS: Record<string, readonly string[]> = {
  alerts: ['alerts', 'silences', 'kpis'],
  jobs: ['jobs', 'runs'],
}

/** The stream does not tell that a run has started. */
const TOLD_MS = 10_000
const WITHOUT_STREAM_MS = 5000
const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 15_000

const LiveContext = createContext<Live | null>(null)

export function useLive(): Live {
  const live = useContext(LiveContext)
  if (!live) throw new Error('useLive outside of LiveProvider')
  return live
}

/** `isOn`: somebody is signed in. */
export function LiveProvider({ isOn, children }: { isOn: boolean; children: ReactNode }) {
  const [isPaused, setPaused] = useState(false)
  const isSeen = useSeen()
  const lost_at = useLost()
  const isStreaming = useStream(isOn && !isPaused && isSeen)
  const live = useMemo((): Live => {
    const every = (ms: number) => isOn && !isPaused && ms
    return { isPaused, setPaused, lost_at, every, whenTold: () => every(isStreaming ? TOLD_MS : WITHOUT_STREAM_MS) }
  }, [isOn, isPaused, lost_at, isStreaming])
  return <LiveContext value={live}>{children}</LiveContext>
}

function useSeen(): boolean {
  const [isSeen, setSeen] = useState(() => !document.hidden)
  useEffect(() => {
    const look = () => setSeen(!document.hidden)
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
  return isSeen
}

/** Since when the API cannot be reached, by how the queries fare. */
function useLost(): string | null {
  const cache = useQueryClient().getQueryCache()
  const [lost_at, setLost] = useState<string | null>(null)
  useEffect(
    () =>
      cache.subscribe((event) => {
        if (event.type !== 'updated') return
        if (event.action.type === 'success') setLost(null)
        else if ((event.action.type === 'failed' || event.action.type === 'error') && isOffline(event.action.error))
          setLost((known) => known ?? new Date().toISOString())
      }),
    [cache],
  )
  return lost_at
}

/** Whether the stream is open. */
function useStream(isWanted: boolean): boolean {
  const queries = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    if (!isWanted) return
    const close = openStream(queries, setOpen)
    return () => {
      close()
      setOpen(false)
    }
  }, [isWanted, queries])
  return isOpen
}

function openStream(queries: QueryClient, setOpen: (isOpen: boolean) => void): () => void {
  let source: EventSource | undefined
  let waiting: ReturnType<typeof setTimeout> | undefined
  let wait_ms = FIRST_WAIT_MS
  let isOver = false

  /** `cancelRefetch`: an answer that is on its way may be of before the change. */
  const changed = (topics: readonly string[], cancelRefetch = true) => {
    const keys = topics.flatMap((topic) => TOPICS[topic] ?? [])
    const predicate = ({ queryKey }: { queryKey: readonly unknown[] }) => keys.includes(String(queryKey[0]))
    void queries.invalidateQueries({ predicate }, { cancelRefetch })
  }

  function open(): void {
    if (isOver) return
    source = new EventSource(`/live?topics=${Object.keys(TOPICS).join(',')}`)
    source.addEventListener('open', () => {
      wait_ms = FIRST_WAIT_MS
      setOpen(true)
      // In case something happened while there was no stream.
      changed(Object.keys(TOPICS), false)
    })
    source.addEventListener('changed', ({ data }: MessageEvent<string>) =>
      changed((JSON.parse(data) as { topics: string[] }).topics),
    )
    source.addEventListener('error', () => {
      setOpen(false)
      // Else the browser opens it again by itself.
      if (source?.readyState !== EventSource.CLOSED) return
      waiting = setTimeout(
        () =>
          void renewSession()
            .catch(() => false)
            .then(open),
        wait_ms,
      )
      wait_ms = Math.min(2 * wait_ms, LONGEST_WAIT_MS)
    })
  }
  function leave(): void {
    source?.close()
    clearTimeout(waiting)
  }
  open()
  const stop = onLeaving(leave, open)
  return () => {
    isOver = true
    stop()
    leave()
  }
}
