import { queryOptions } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'

type Health = Schemas['Health']

/** A program, or a role of the engines. */
export interface Check {
  name: string
  status: 'ok' | 'down' | 'silent'
  /** null for a program. */
  latency_ms: number | null
}

/** A 503 says which part is down. */
const readHealth = () =>
  ask(async (api) => {
    const { data, error, response } = await api.GET('/health')
    if (response.status !== 503) return { ...(data && { data }), error, response }
    return { data: error as unknown as Health, response: new Response() }
  })

/** Worst first, then as the API lists them. */
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: readHealth,
  select: ({ programs, ...rest }): Check[] => {
    const roles = Object.entries(rest).filter(
      (entry): entry is [string, { status: 'ok' | 'down'; latency_ms: number }] => isRole(entry[1]),
    )
    const checks = [
      ...programs.map(({ program, status }): Check => ({ name: program, status, latency_ms: null })),
      // The API that answers is among the programs.
      ...roles
        .filter(([name]) => name !== 'api')
        .map(([name, { status, latency_ms }]): Check => ({ name, status, latency_ms })),
    ]
    return checks.toSorted((a, b) => Number(a.status === 'ok') - Number(b.status === 'ok'))
  },
})

const isRole = (value: unknown) => typeof value === 'object' && value !== null && 'latency_ms' in value
