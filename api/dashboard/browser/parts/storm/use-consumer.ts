import { useQuery } from '@tanstack/react-query'
import { consumerQuery, type Consumer, type ConsumerSource } from '../../data/consumers.ts'
import { useLive } from '../../live.tsx'
import { useServes } from '../../session/me.ts'

/** Undefined until it is known, and where its pages are switched off. */
export function useConsumer(source: ConsumerSource): Consumer | undefined {
  const { whenTold } = useLive()
  const isServed = useServes(source)
  return useQuery({ ...consumerQuery(source), refetchInterval: whenTold(), enabled: isServed }).data
}
