/** The queries of dead letters and their groups, and what can be done with them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'
import { BY_CURSOR, pageAt } from './by-cursor.ts'

export type Group = Schemas['DeadLetterGroup']
export type ListedLetter = Schemas['DeadLetter']
export type Letter = Schemas['WholeDeadLetter']
export type LetterState = ListedLetter['state']

/** What letters are chosen by, as the API takes it. */
export interface LetterFilter {
  group?: string
  origin?: string
  message_id?: string
  q?: string
}

/** Letters that an action is for: those chosen one by one, or all dead ones that fit. */
export type Selection = { ids: string[] } | { filter: LetterFilter }

const PAGE = 50
/** As many as the API lists. */
const GROUPS = 500

export const groupsQuery = (state: LetterState = 'dead') =>
  queryOptions({
    queryKey: ['dead-letters', 'groups', state],
    queryFn: () => ask((api) => api.GET('/dead-letters/groups', { params: { query: { state, limit: GROUPS } } })),
  })

/** How many there are, in how many groups. */
export const deadCountQuery = queryOptions({
  queryKey: ['dead-letters', 'count'],
  queryFn: () => ask((api) => api.GET('/dead-letters/groups', { params: { query: { limit: 1 } } })),
})

export const lettersQuery = (filter: LetterFilter, state: LetterState) =>
  infiniteQueryOptions({
    queryKey: ['dead-letters', 'pages', state, filter],
    queryFn: ({ pageParam }) =>
      ask((api) => api.GET('/dead-letters', { params: { query: { ...filter, state, ...pageAt(pageParam, PAGE) } } })),
    ...BY_CURSOR,
    placeholderData: (before) => before,
  })

export const letterQuery = (id: string) =>
  queryOptions({
    queryKey: ['dead-letters', id],
    queryFn: () => ask((api) => api.GET('/dead-letters/{id}', { params: { path: { id } } })),
  })

/** An empty note takes it away. */
export const noteGroup = (id: string, note: string) =>
  ask((api) => api.PUT('/dead-letters/groups/{id}/note', { params: { path: { id } }, body: { note } }))

/** Ids in one request. */
const AT_ONCE = 100

/**
 * To the bin; `expected`: how many the person saw. Refused, and nothing changed, where they are not as many any more. Many that were chosen
 * go in several requests; what is gone when one is refused is what it returns.
 */
export async function removeLetters(selection: Selection, expected: number): Promise<Selection & { count: number }> {
  if ('filter' in selection) return { ...selection, count: await purge({ ...selection.filter, expected }) }
  const gone: string[] = []
  for (let at = 0; at < selection.ids.length; at += AT_ONCE) {
    const ids = selection.ids.slice(at, at + AT_ONCE)
    try {
      await purge({ ids: ids.join(','), expected: ids.length })
    } catch (thrown) {
      if (gone.length === 0) throw thrown
      break
    }
    gone.push(...ids)
  }
  return { ids: gone, count: gone.length }
}

async function purge(query: LetterFilter & { ids?: string; expected: number }): Promise<number> {
  const { purged } = await ask((api) => api.DELETE('/dead-letters', { params: { query } }))
  return purged
}

/** From the bin. */
export async function restoreLetters(selection: Selection, expected?: number): Promise<number> {
  const which = 'ids' in selection ? { ids: selection.ids } : selection.filter
  const body = { ...which, ...(expected !== undefined && { expected }) }
  const { restored } = await ask((api) => api.POST('/dead-letters/restore', { body }))
  return restored
}

export const editLetter = (id: string, body: Schemas['EditDeadLetter']) =>
  ask((api) => api.PUT('/dead-letters/{id}', { params: { path: { id } }, body }))
export const undoEdit = (id: string) =>
  ask((api) => api.POST('/dead-letters/{id}/undo-edit', { params: { path: { id } } }))
