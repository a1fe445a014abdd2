/** The queries of orders and their messages, and what can be done with them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'
import type { paths } from '../api/schema.d.ts'
import { BY_CURSOR, pageAt } from './by-cursor.ts'

export type Flow = Schemas['OrderFlow']
export type SystemFlow = Flow['by_system'][string]
export type Misfit = NonNullable<Flow['misfits']>[number]
export type RetryPolicy = Flow['retry']
export type OrderRow = Schemas['Order']
export type OrderStatus = OrderRow['status']
export type ListedMessage = Schemas['ListedOrderMessage']
export type Journey = Schemas['OrderJourney']
export type OutputOrder = Schemas['OutputOrder']

type Query<Path extends keyof paths> = paths[Path] extends {
  get: { parameters: { query?: infer Known } }
}
  ? Omit<NonNullable<Known>, 'limit' | 'cursor'>
  : never
export type MessageFilter = Query<'/orders/messages'>
export type RowFilter = Pick<MessageFilter, 'security_check' | 'q'>

const PAGE = 50

export const flowQuery = queryOptions({
  queryKey: ['orders', 'flow'],
  queryFn: ({ signal }) => ask((api) => api.GET('/orders/flow', { signal })),
})

/** The messages that do not add up; it reads every row there is. */
export const misfitsQuery = queryOptions({
  queryKey: ['orders', 'misfits'],
  queryFn: async ({ signal }) => {
    const flow = await ask((api) => api.GET('/orders/flow', { params: { query: { explain: 1 } }, signal }))
    return flow.misfits ?? []
  },
})

/** The newest first. */
export const rowsQuery = (system: string, filter: RowFilter) =>
  infiniteQueryOptions({
    queryKey: ['orders', 'rows', system, filter],
    queryFn: ({ pageParam, signal }) =>
      ask((api) =>
        api.GET('/systems/{system}/orders', {
          params: { path: { system }, query: { ...filter, sort: '-id', ...pageAt(pageParam, PAGE) } },
          signal,
        }),
      ),
    ...BY_CURSOR,
    placeholderData: (before) => before,
  })

export const messagesQuery = (filter: MessageFilter) =>
  infiniteQueryOptions({
    queryKey: ['orders', 'messages', filter],
    queryFn: ({ pageParam, signal }) =>
      ask((api) =>
        api.GET('/orders/messages', { params: { query: { ...filter, ...pageAt(pageParam, PAGE) } }, signal }),
      ),
    ...BY_CURSOR,
    placeholderData: (before) => before,
  })

/** What the next send sends, message by message. */
export const previewQuery = (system: string) =>
  infiniteQueryOptions({
    queryKey: ['orders', 'preview', system],
    queryFn: ({ pageParam, signal }) =>
      ask((api) =>
        api.POST('/systems/{system}/messages', {
          params: { path: { system }, query: pageAt(pageParam, PAGE) },
          signal,
        }),
      ),
    ...BY_CURSOR,
    placeholderData: (before) => before,
  })

export const outputQuery = (origin: string) =>
  infiniteQueryOptions({
    queryKey: ['orders', 'output', origin],
    queryFn: ({ pageParam, signal }) =>
      ask((api) =>
        api.GET('/orders/output', {
          params: { query: { ...(origin && { origin }), ...pageAt(pageParam, PAGE) } },
          signal,
        }),
      ),
    ...BY_CURSOR,
    placeholderData: (before) => before,
  })

export const journeyQuery = (message_id: string) =>
  queryOptions({
    queryKey: ['orders', 'message', message_id],
    queryFn: () => ask((api) => api.GET('/orders/messages/{message_id}', { params: { path: { message_id } } })),
  })

export const fillSystem = (system: string, body: Schemas['FillOrders']) =>
  ask((api) => api.POST('/systems/{system}/orders/fill', { params: { path: { system } }, body }))

export const sendSystem = (system: string) =>
  ask((api) => api.POST('/systems/{system}/send', { params: { path: { system } } }))

export const retryNow = (message_id: string) =>
  ask((api) => api.POST('/orders/messages/{message_id}/retry-now', { params: { path: { message_id } } }))

/** The list behind a number; of every system unless one is named. */
export function listPath(status: OrderStatus | undefined, system?: string): string {
  if (status === 'output') return system === undefined ? '/orders/output' : `/orders/output?origin=${system}`
  const path = system === undefined ? '/orders/messages' : `/orders/${system}`
  return status === undefined ? path : `${path}?status=${status}`
}

export const messagePath = (message_id: string): string => `/orders/messages/${message_id}`
