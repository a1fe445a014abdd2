/** Consumers that a storm of failures may pause, and decisions about it. */
import { queryOptions } from '@tanstack/react-query'
import { ask, type Schemas } from '../api/client.ts'

export type Consumer = Schemas['Consumer']
/** Of their dead letters. */
export type ConsumerSource = 'orders' | 'events' | 'people'

/** Where somebody decides. */
export const STORM_PAGES: Record<ConsumerSource, string> = { orders: '/orders', events: '/streams', people: '/people' }

export const consumerQuery = (source: ConsumerSource) =>
  queryOptions({
    // Told of by the topic of orders, which has all storms.
    queryKey: ['orders', 'consumer', source],
    queryFn: () => ask((api) => api.GET(`/${source}/consumer`)),
  })

export const decideStorm = (source: ConsumerSource, decision: Schemas['ResumeConsumer']['decision']) =>
  ask((api) => api.POST(`/${source}/consumer/resume`, { body: { decision } }))
