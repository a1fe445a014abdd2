/** The queries of replays, and what can be done with them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'
import { BY_CURSOR, pageAt } from './by-cursor.ts'
import type { LetterFilter, Selection } from './dead-letters.ts'

/** The API has what was asked for as it was asked. */
export type Replay = Omit<Schemas['Replay'], 'filter'> & { filter: LetterFilter & { ids?: string[] } }
export type ReplayState = Replay['state']
export type ReplayedLetter = Schemas['ReplayedLetter']
export type Outcome = ReplayedLetter['state']
export type Plan = Schemas['ReplayDryRun']

const PAGE = 50

export interface NewReplay {
  name: string
  source: Replay['source']
  selection: Selection
  rate_per_s: number
  canary: number
}

const bodyOf = ({ selection, ...rest }: NewReplay) => ({ ...rest, ...selection })

/** What it would take; nothing is sent. */
export const planReplay = (replay: NewReplay): Promise<Plan> =>
  ask((api) => api.POST('/replays', { body: { ...bodyOf(replay), dry_run: true } })) as Promise<Plan>

export const startReplay = (replay: NewReplay): Promise<Replay> =>
  ask((api) => api.POST('/replays', { body: bodyOf(replay) })) as Promise<Replay>

export const replaysQuery = (state: ReplayState | undefined) =>
  infiniteQueryOptions({
    queryKey: ['replays', 'pages', state ?? 'all'],
    queryFn: ({ pageParam }) =>
      ask((api) => api.GET('/replays', { params: { query: { ...(state && { state }), ...pageAt(pageParam, PAGE) } } })),
    ...BY_CURSOR,
    placeholderData: (before) => before,
  })

/** A person looks at each; so many at once are never there. */
export const pausedReplaysQuery = queryOptions({
  queryKey: ['replays', 'paused'],
  queryFn: () => ask((api) => api.GET('/replays', { params: { query: { state: 'paused', limit: 20 } } })),
})

export const replayQuery = (id: string) =>
  queryOptions({
    queryKey: ['replays', id],
    queryFn: () => ask((api) => api.GET('/replays/{id}', { params: { path: { id } } })),
  })

export const replayLettersQuery = (id: string, state: Outcome | undefined) =>
  infiniteQueryOptions({
    queryKey: ['replays', id, 'letters', state ?? 'all'],
    queryFn: ({ pageParam }) =>
      ask((api) =>
        api.GET('/replays/{id}/letters', {
          params: { path: { id }, query: { ...(state && { state }), ...pageAt(pageParam, PAGE) } },
        }),
      ),
    ...BY_CURSOR,
    placeholderData: (before) => before,
  })

const path = (id: string) => ({ params: { path: { id } } })
export const pauseReplay = (id: string) => ask((api) => api.POST('/replays/{id}/pause', path(id)))
export const resumeReplay = (id: string) => ask((api) => api.POST('/replays/{id}/resume', path(id)))
export const cancelReplay = (id: string) => ask((api) => api.POST('/replays/{id}/cancel', path(id)))

/** Something of it goes on, or may. */
export const isOpen = ({ finished_at }: Replay): boolean => finished_at === null
