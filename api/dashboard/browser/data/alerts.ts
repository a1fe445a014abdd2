/** The queries of alerts and silences, and what can be done with them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'
import { BY_CURSOR, pageAt } from './by-cursor.ts'

export type Alert = Schemas['Alert']
export type Silence = Schemas['Silence']
export type RuleName = NonNullable<Schemas['NewSilence']['rule']>
export interface AlertFilter {
  state?: Alert['state']
  severity?: Alert['severity']
  rule?: RuleName
  q?: string
  silenced?: boolean
  needs_person?: boolean
}

/** What a person is to look at now; the API says which those are. */
export const NEEDS_PERSON: AlertFilter = { needs_person: true }
export const SILENCED: AlertFilter = { state: 'firing', silenced: true }

/** Every name by which a rule can be asked for. */
const NAMES: Record<RuleName, true> = {
  DB_CONNECTION_LOST: true,
  API_DOWN: true,
  API_HIGH_LATENCY: true,
  CACHE_CONNECTION_LOST: true,
  PROGRAM_SILENT: true,
  CLOCK_JUMPED: true,
  LOOP_BLOCKED: true,
  JOB_SILENT: true,
  LOW_DISK_SPACE: true,
  JOB_FAILED: true,
  JOB_GONE: true,
  JOB_INVALID: true,
  JOB_MISSED: true,
  QUEUE_DEAD: true,
  CONSUMER_PAUSED: true,
  QUEUE_LAG: true,
  DEAD_LETTERS_NEW: true,
  DEAD_LETTERS_GROW: true,
  STREAM_LAG: true,
  DATA_STALE: true,
  BACKUP_STALE: true,
  WAL_NOT_KEPT: true,
  MONITOR_DOWN: true,
  CERTIFICATE_ENDS: true,
  PING_OVERDUE: true,
  PING_FAILED: true,
  CHANNEL_DOWN: true,
  AIRFLOW_DAG_FAILED: true,
}
export const RULES = Object.keys(NAMES).toSorted() as RuleName[]

const PAGE = 100

/** Worst first. */
export const alertsQuery = (filter: AlertFilter) =>
  queryOptions({
    queryKey: ['alerts', 'list', filter],
    queryFn: () => ask((api) => api.GET('/alerts', { params: { query: { ...filter, sort: 'worst', limit: PAGE } } })),
  })

/** How many a page of it shows, and whether there are more. */
export const countOf = ({ items, next_cursor }: Schemas['AlertPage']): string =>
  next_cursor === null ? String(items.length) : `${items.length}+`

export const alertQuery = (id: string) =>
  queryOptions({
    queryKey: ['alerts', id],
    queryFn: () => ask((api) => api.GET('/alerts/{id}', { params: { path: { id } } })),
  })

/** Page after page; what is over newest first, what lasts worst first. */
export const alertPagesQuery = (filter: AlertFilter) =>
  infiniteQueryOptions({
    queryKey: ['alerts', 'pages', filter],
    queryFn: ({ pageParam }) =>
      ask((api) =>
        api.GET('/alerts', {
          params: {
            query: {
              ...filter,
              sort: filter.state === 'resolved' ? 'newest' : 'worst',
              ...pageAt(pageParam, PAGE),
            },
          },
        }),
      ),
    ...BY_CURSOR,
    placeholderData: (before) => before,
  })

/** Those that last now, or all. */
export const silencesQuery = (filter: { active?: boolean } = { active: true }) =>
  queryOptions({
    queryKey: ['silences', filter],
    queryFn: () => ask((api) => api.GET('/silences', { params: { query: { ...filter, limit: PAGE } } })),
  })

export const createSilence = (body: Schemas['NewSilence']) => ask((api) => api.POST('/silences', { body }))
export const endSilence = (id: string) => ask((api) => api.DELETE('/silences/{id}', { params: { path: { id } } }))
export const acknowledge = (id: string, note: string) =>
  ask((api) => api.POST('/alerts/{id}/ack', { params: { path: { id } }, body: note ? { note } : {} }))

/** The one that keeps it from being told, and that lasts the longest. */
export const silenceOf = (silences: readonly Silence[], { rule, name, subject }: Alert): Silence | undefined =>
  silences.find(
    (silence) =>
      silence.active &&
      (silence.subject === null || silence.subject === subject) &&
      (silence.rule === null || silence.rule === rule || silence.rule === name),
  )

/** Somebody can take note of it. */
export const isNew = ({ state, acknowledged_at }: Alert): boolean => state === 'firing' && acknowledged_at === null
