/** Engines of the events consumer that are cut off at one of its steps. */
import type { Db } from '../../db/engines/connect.ts'

/** In their order. */
export const STEPS = ['ledger', 'history', 'processed', 'mark', 'failed'] as const

/** The same engines; `around` makes the calls that are steps. */
export function aroundSteps<T extends Pick<Db, 'sql' | 'history' | 'stream'>>(
  whole: T,
  around: (step: string, call: () => PromiseLike<unknown>) => Promise<unknown>,
): T {
  const sql = new Proxy(whole.sql, {
    apply(target, self, args: [TemplateStringsArray, ...unknown[]]) {
      const text = args[0].join('?')
      const name = text.includes('insert into events_seen') ? 'ledger' : text.includes('set processed_at') ? 'mark' : ''
      const call = () => Reflect.apply(target as (...all: unknown[]) => PromiseLike<unknown>, self, args)
      return name ? around(name, call) : call()
    },
  })
  const history = {
    ...whole.history,
    write: (...args) => around('history', () => whole.history.write(...args)),
  } as Db['history']
  const produce = (...[topic, messages]: Parameters<Db['stream']['produce']>) =>
    around(topic.replace('events.', ''), () => whole.stream.produce(topic, messages))
  return { ...whole, sql, history, stream: { ...whole.stream, produce } }
}

/** The same engines, of which one call, the first of `step`, throws before or after its effect. */
export function cutOnce(
  whole: Db,
  step: (typeof STEPS)[number],
  when: 'before' | 'after',
): { db: Db; happened: () => boolean } {
  let cut = false
  const db = aroundSteps(whole, async (name, call) => {
    const ours = !cut && name === step
    if (ours) cut = true
    if (ours && when === 'before') throw new Error('cut off')
    const answer = await call()
    if (ours) throw new Error('cut off')
    return answer
  })
  return { db, happened: () => cut }
}
