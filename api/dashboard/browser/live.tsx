/** Whether pages follow what happens: `live`, `paused` by the person, or `lost` since the API was last reached. */
import { useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react'
import { isOffline } from './api/client.ts'

interface Live {
  isPaused: boolean
  setPaused: (paused: boolean) => void
  /** ISO 8601; null while the API answers. */
  lost_at: string | null
  /** For queries: how often to ask, or never. */
  every: (ms: number) => number | false
}

const LiveContext = createContext<Live | null>(null)

export function useLive(): Live {
  const live = useContext(LiveContext)
  if (!live) throw new Error('useLive outside of LiveProvider')
  return live
}

/** `isOn`: somebody is signed in. */
export function LiveProvider({ isOn, children }: { isOn: boolean; children: ReactNode }) {
  const [isPaused, setPaused] = useState(false)
  const [lost_at, setLost] = useState<string | null>(null)
  const cache = useQueryClient().getQueryCache()
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
  const live = useMemo(
    () => ({ isPaused, setPaused, lost_at, every: (ms: number) => isOn && !isPaused && ms }),
    [isOn, isPaused, lost_at],
  )
  return <LiveContext value={live}>{children}</LiveContext>
}
