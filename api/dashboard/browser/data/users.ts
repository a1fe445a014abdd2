/** The queries of accounts, and changing one. */
import { infiniteQueryOptions, queryOptions, useQueryClient } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'
import { useProve } from '../session/proof.tsx'
import { BY_CURSOR, pageAt } from './by-cursor.ts'

export type User = Schemas['User']
export type Role = User['role']
export const ROLE_NAMES = ['viewer', 'operator', 'admin'] as const

const PAGE = 50

export interface UserFilter {
  q?: string
  role?: Role
  disabled?: boolean
}

export const usersQuery = (filter: UserFilter) =>
  infiniteQueryOptions({
    queryKey: ['users', 'list', filter],
    queryFn: ({ pageParam }) =>
      ask((api) =>
        api.GET('/users', {
          params: { query: { ...filter, ...pageAt(pageParam, PAGE) } },
        }),
      ),
    ...BY_CURSOR,
    placeholderData: (before) => before,
  })

/** Those who can let others back in. */
export const adminsQuery = queryOptions({
  queryKey: ['users', 'admins'],
  queryFn: () => ask((api) => api.GET('/users', { params: { query: { role: 'admin', disabled: false, limit: 2 } } })),
})

export const userQuery = (id: string) =>
  queryOptions({
    queryKey: ['users', id],
    queryFn: () => ask((api) => api.GET('/users/{id}', { params: { path: { id } } })),
  })

export const sessionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['users', id, 'sessions'],
    queryFn: () => ask((api) => api.GET('/users/{id}/sessions', { params: { path: { id }, query: { limit: 100 } } })),
  })

export const keysQuery = (id: string) =>
  queryOptions({
    queryKey: ['users', id, 'api-keys'],
    queryFn: () => ask((api) => api.GET('/users/{id}/api-keys', { params: { path: { id }, query: { limit: 100 } } })),
  })

/** Changes the user as shown, or, with null, as it is now. Throws Problem; where somebody else was quicker, theirs is loaded. */
export function useChangeUser() {
  const queries = useQueryClient()
  const prove = useProve()
  return async (id: string, version: number | null, body: Schemas['UserChange']): Promise<User> => {
    const params = { path: { id }, ...(version !== null && { header: { 'If-Match': `"${version}"` } }) }
    try {
      return await prove(() => ask((api) => api.PATCH('/users/{id}', { params, body })))
    } finally {
      await queries.invalidateQueries({ queryKey: ['users'] })
    }
  }
}
