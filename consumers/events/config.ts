import type { EnvReader } from '../../lib/env.ts'

export const UNKNOWN_SKU_POLICIES = ['failed', 'processed'] as const

export interface EventsConfig {
  /** What becomes of an event of a sku that the catalogue does not have; processed: it is passed on without the item. */
  unknown_sku: (typeof UNKNOWN_SKU_POLICIES)[number]
  /** Of a registry in Confluent's sense; unset: events are JSON. */
  schema_registry_url: string | undefined
}

export function readEventsConfig(read: EnvReader): EventsConfig {
  const schema_registry_url = read.url('SCHEMA_REGISTRY_URL', ['http', 'https'])
  if (schema_registry_url !== undefined && !isDecodable(schema_registry_url))
    read.problem('SCHEMA_REGISTRY_URL has a user or password with a % that begins no code; write %25 for it.')
  return {
    unknown_sku: read.choice('EVENTS_UNKNOWN_SKU', UNKNOWN_SKU_POLICIES, 'failed'),
    schema_registry_url,
  }
}

function isDecodable(url: string): boolean {
  const { username, password } = new URL(url)
  try {
    decodeURIComponent(username + password)
    return true
  } catch {
    return false
  }
}
