/**
 * Keeps pages up to date. One event stream a tab names the topics in which something has changed, and the queries of these
 * are sent again; polling is the safety net. The states: live; paused by the person; lost, since the API was last reached. A
 * hidden tab has no stream, and refreshes when it is seen again.
 */
import { useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react'
import { isOffline } from './api/client.ts'
import { openStream } from './live-stream.ts'
import { useMay } from './session/me.ts'

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

/** For what follows from the time alone, and in case a notification is lost. */
const TOLD_MS = 30_000
const WITHOUT_STREAM_MS = 5000

const LiveContext = createContext<Live | null>(null)

export function useLive(): Live {
  const live = useContext(LiveContext)
  if (!live) throw new Error('useLive outside of LiveProvider')
  return live
}

/** `isOn`: somebody is signed in. */
export function LiveProvider({ isOn, children }: { isOn: boolean; children: ReactNode }) {
  const [isPaused, setPaused] = useState(false)
  const lost_at = useLost()
  const isStreaming = useStream(isOn && !isPaused)
  const live = useMemo((): Live => {
    const every = (ms: number) => isOn && !isPaused && ms
    return { isPaused, setPaused, lost_at, every, whenTold: () => every(isStreaming ? TOLD_MS : WITHOUT_STREAM_MS) }
  }, [isOn, isPaused, lost_at, isStreaming])
  return <LiveContext value={live}>{children}</LiveContext>
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
  const isAdmin = useMay('admin')
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    if (!isWanted) return
    return openStream(queries, isAdmin, setOpen)
  }, [isWanted, isAdmin, queries])
  return isOpen
}
