/** The queries of jobs, under keys by which one answer serves every page. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'
import type { paths } from '../api/schema.d.ts'
import { BY_CURSOR, pageAt } from './by-cursor.ts'

export type Job = Schemas['Job']
export type Run = Schemas['Run']

/** The API's largest page. */
const ALL = 100

/** Every job, page after page. */
async function readJobs(): Promise<{ items: Job[] }> {
  const items: Job[] = []
  let cursor: string | null = null
  do {
    const page: Schemas['JobPage'] = await ask((api) => api.GET('/jobs', { params: { query: pageAt(cursor, ALL) } }))
    items.push(...page.items)
    cursor = page.next_cursor
  } while (cursor !== null)
  return { items }
}

export const jobsQuery = queryOptions({ queryKey: ['jobs'], queryFn: readJobs })

export const jobQuery = (name: string) =>
  queryOptions({
    queryKey: ['jobs', name],
    queryFn: () => ask((api) => api.GET('/jobs/{name}', { params: { path: { name } } })),
  })

export type RunFilter = Omit<NonNullable<paths['/runs']['get']['parameters']['query']>, 'limit' | 'cursor'>

const PAGE = 25

/** Of one job, or of all. */
export const runsQuery = (job: string | null, filter: RunFilter, limit = PAGE) =>
  infiniteQueryOptions({
    queryKey: ['jobs', job ?? 'all of them', 'runs', filter, limit],
    queryFn: ({ pageParam }) => {
      const query = { ...filter, ...pageAt(pageParam, limit) }
      return ask((api) =>
        job === null
          ? api.GET('/runs', { params: { query } })
          : api.GET('/jobs/{name}/runs', { params: { path: { name: job }, query } }),
      )
    },
    ...BY_CURSOR,
    placeholderData: (before) => before,
  })

export const calendarQuery = (name: string, by: 'day' | 'hour', days: number) =>
  queryOptions({
    queryKey: ['jobs', name, 'calendar', by, days],
    queryFn: () => ask((api) => api.GET('/jobs/{name}/calendar', { params: { path: { name }, query: { by, days } } })),
  })

export const runQuery = (id: string) =>
  queryOptions({
    queryKey: ['runs', id],
    queryFn: () => ask((api) => api.GET('/runs/{id}', { params: { path: { id } } })),
  })

/** A job's file is gone or cannot be used, or its newest run failed. */
export const isFailing = ({ problem, gone_at, last_run }: Job): boolean =>
  problem !== null || gone_at !== null || last_run?.state === 'failed'

/** Those that have a next time and start then, the soonest first. */
export const upcoming = (jobs: readonly Job[]): Array<Job & { next_slot: string }> =>
  jobs
    .filter(
      (job): job is Job & { next_slot: string } =>
        job.next_slot !== null && job.paused_at === null && job.gone_at === null,
    )
    .toSorted((a, b) => Date.parse(a.next_slot) - Date.parse(b.next_slot))
