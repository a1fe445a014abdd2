/** Cancels and queues runs again, several at a time. */
import { ask } from '../api/client.ts'

/** Those that have ended meanwhile are left as they are; which were changed. */
async function changeEach(ids: readonly string[], change: (id: string) => Promise<unknown>): Promise<string[]> {
  const changed: string[] = []
  const rest = [...ids]
  const workThrough = async () => {
    for (let id = rest.shift(); id !== undefined; id = rest.shift()) {
      await change(id)
      changed.push(id)
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, workThrough))
  const failed = ended.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined
  if (failed && changed.length === 0) throw failed.reason
  return changed
}

const AT_ONCE = 4

export const cancelRuns = (ids: readonly string[]): Promise<string[]> =>
  changeEach(ids, (id) => ask((api) => api.POST('/runs/{id}/cancel', { params: { path: { id } } })))

export const queueRunsAgain = (ids: readonly string[]): Promise<string[]> =>
  changeEach(ids, (id) => ask((api) => api.POST('/runs/{id}/retry', { params: { path: { id } } })))
