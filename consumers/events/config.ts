import type { EnvReader } from '../../lib/env.ts'

export const UNKNOWN_SKU_POLICIES = ['failed', 'processed'] as const

export interface EventsConfig {
  /** What becomes of an event of a sku that the catalogue does not have; processed: it is passed on without the item. */
  unknown_sku: (typeof UNKNOWN_SKU_POLICIES)[number]
  /** Of a registry in Confluent's sense; unset: events are JSON. */
  schema_registry_url: string | undefined
}

export function readEventsConfig(read: EnvReader): EventsConfig {
  return {
    unknown_sku: read.choice('EVENTS_UNKNOWN_SKU', UNKNOWN_SKU_POLICIES, 'failed'),
    schema_registry_url: read.url('SCHEMA_REGISTRY_URL', ['http', 'https']),
  }
}
