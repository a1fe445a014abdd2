/** A week of stock movements for the demo catalogue, and events that fail. */
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

/** `count` events that end now, evenly spread over seven days; those of an item are of every kind in turn. */
export function demoEvents(items: DemoItem[], count: number, now: Date): DemoEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    sku: items[(i * 7) % items.length]!.sku,
    kind: KINDS[(i + Math.floor(i / items.length)) % KINDS.length]!,
    quantity: 1 + ((i * 13) % 40),
    occurred_at: new Date(now.getTime() - ((count - i) * 7 * 24 * HOUR_MS) / count).toISOString(),
    data: { order: `PED-${String(1000 + i)}` },
  }))
}

/** Events that the API accepts and the consumer fails: of skus that nobody knows, and one that has the id of another. */
export function strayEvents(items: DemoItem[], now: Date): Array<DemoEvent & { event_id?: string }> {
  const event = { kind: 'sale', quantity: 3, occurred_at: now.toISOString(), data: {} } as const
  const event_id = Bun.randomUUIDv7()
  return [
    ...['DEMO-DISCONTINUED', 'DEMO-MISTYPED', 'DEMO-MISTYPED'].map((sku) => ({ ...event, sku })),
    ...[3, 5].map((quantity) => ({ ...event, event_id, sku: items[0]!.sku, quantity })),
  ]
}
