/** A week of stock movements for the demo catalogue, and an event that fails. */
import type { DemoItem } from './catalogue.ts'

const KINDS = ['sale', 'sale', 'sale', 'purchase', 'return', 'adjustment'] as const
const HOUR_MS = 3_600_000

export interface DemoEvent {
  sku: string
  kind: (typeof KINDS)[number]
  quantity: number
  occurred_at: string
  data: Record<string, unknown>
}

/** `count` events that end now, evenly spread over seven days. */
export function demoEvents(items: DemoItem[], count: number, now: Date): DemoEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    sku: items[(i * 7) % items.length]!.sku,
    kind: KINDS[i % KINDS.length]!,
    quantity: 1 + ((i * 13) % 40),
    occurred_at: new Date(now.getTime() - ((count - i) * 7 * 24 * HOUR_MS) / count).toISOString(),
    data: { order: `PED-${String(1000 + i)}` },
  }))
}

/** An event that the API accepts and the consumer fails: its sku is unknown. */
export function strayEvent(now: Date): DemoEvent {
  return { sku: 'DEMO-DISCONTINUED', kind: 'sale', quantity: 3, occurred_at: now.toISOString(), data: {} }
}
