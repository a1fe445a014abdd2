import { queryOptions } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'
import { SEVERITY_RANK } from '../parts/state-badges/index.tsx'

type Alert = Schemas['Alert']
export interface AlertFilter {
  state?: Alert['state']
  severity?: Alert['severity']
}

const PAGE = 100

export const alertsQuery = (filter: AlertFilter) =>
  queryOptions({
    queryKey: ['alerts', 'list', filter],
    queryFn: () => ask((api) => api.GET('/alerts', { params: { query: { ...filter, limit: PAGE } } })),
  })

export const alertQuery = (id: string) =>
  queryOptions({
    queryKey: ['alerts', id],
    queryFn: () => ask((api) => api.GET('/alerts/{id}', { params: { path: { id } } })),
  })

export const silencesQuery = queryOptions({
  queryKey: ['silences'],
  queryFn: () => ask((api) => api.GET('/silences', { params: { query: { active: true, limit: PAGE } } })),
})

/** Before acknowledged ones, then by severity, then the oldest first: it has waited longest. */
export const worstFirst = (alerts: readonly Alert[]): Alert[] =>
  alerts.toSorted(
    (a, b) =>
      Number(a.state === 'resolved') - Number(b.state === 'resolved') ||
      Number(a.acknowledged_at !== null) - Number(b.acknowledged_at !== null) ||
      SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] ||
      Date.parse(a.opened_at) - Date.parse(b.opened_at),
  )

/** That nobody has taken note of yet, and that is no consequence of another. */
export const needsPerson = ({ state, acknowledged_at, caused_by }: Alert): boolean =>
  state === 'firing' && acknowledged_at === null && caused_by === null
