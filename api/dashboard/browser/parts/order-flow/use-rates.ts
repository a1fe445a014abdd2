import { useEffect, useRef, useState } from 'react'
import type { Flow } from '../../data/orders.ts'

/** What has come since the last reading, a second. */
export type Rates = Partial<Record<'waiting' | 'retrying' | 'output' | 'dead' | 'purged', number>>

const GROWING = ['output', 'dead', 'purged'] as const
const AT_REST: Rates = {}

export function useRates(flow: Flow, at_ms: number): Rates {
  const before = useRef({ flow, at_ms })
  const [rates, set] = useState(AT_REST)
  useEffect(() => {
    const past = before.current
    const past_s = (at_ms - past.at_ms) / 1000
    if (past_s <= 0) return
    set(Object.fromEntries(GROWING.map((end) => [end, Math.max(0, flow[end] - past.flow[end]) / past_s])))
    before.current = { flow, at_ms }
  }, [flow, at_ms])
  return flow.balance === 'at_rest' ? AT_REST : rates
}
