/** Checks the schema registry of events, where there is one: reachable, with our rights. */
import type { EventsConfig } from '../../consumers/events/config.ts'
import { registryAddress } from '../../consumers/events/registry.ts'
import { messageOf } from '../../lib/errors.ts'
import { failed, ok, type Finding } from './finding.ts'

const DEADLINE_MS = 10_000

export function registryChecks({ schema_registry_url: url }: EventsConfig): Array<[string, () => Promise<Finding>]> {
  return url === undefined ? [] : [['schema registry', () => checkRegistry(url)]]
}

async function checkRegistry(url: string): Promise<Finding> {
  const fix = 'Start it, or correct SCHEMA_REGISTRY_URL.'
  try {
    const { base, headers } = registryAddress(url)
    const signal = AbortSignal.timeout(DEADLINE_MS)
    const answer = await fetch(`${base}schemas/types`, { headers, signal, redirect: 'error' })
    if (!answer.ok) return failed(`it answered ${answer.status}`, fix)
    const types: unknown = await answer.json()
    return Array.isArray(types)
      ? ok(`schemas of the types ${types.join(', ')}`)
      : failed('it is no schema registry', fix)
  } catch (thrown) {
    return failed(messageOf(thrown), fix)
  }
}
