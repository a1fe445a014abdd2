/**
 * Calls of many handlers as one call of an engine, repeated until it succeeds or the program stops. Where the engine is well and
 * refuses the data, each item is tried alone, so that only its own handler hears of it.
 */
import { batchWrites } from '../../lib/batch-writes.ts'
import type { RetryUntilAborted } from '../../lib/retry.ts'

/** The engine will never take this item; the cause says why. */
export class Refused extends Error {
  constructor(cause: unknown) {
    super('refused', { cause })
  }
}

/** The time of the call is over, and it was not made. */
export class Overdue extends Error {}

const MAX_ITEMS = 500

interface Call<Item, Result> {
  item: Item
  leaving: AbortSignal
  hold_until: number
  result: Result | undefined
  refused: Refused | undefined
  is_overdue: boolean
}

/** How long a call is repeated. */
export interface Patience {
  leaving: AbortSignal
  /** By performance.now(). */
  hold_until?: number
}

/**
 * `call` answers its items in their order. The function returned throws Refused, Overdue, or what stopped it once `leaving` has
 * aborted.
 */
export function batchCalls<Item, Result>(call: (items: Item[]) => Promise<Result[]>, retry: RetryUntilAborted) {
  /** They came together, so that what is late for one is late for all. */
  async function makeInTime(calls: Call<Item, Result>[]): Promise<void> {
    const is_late = performance.now() > Math.min(...calls.map(({ hold_until }) => hold_until))
    if (is_late) for (const one of calls) one.is_overdue = true
    else await make(calls)
  }

  async function make(calls: Call<Item, Result>[]): Promise<void> {
    try {
      const results = await call(calls.map(({ item }) => item))
      for (const [i, one] of calls.entries()) one.result = results[i]
    } catch (err) {
      if (!isAboutData(err)) throw err
      if (calls.length === 1) calls[0]!.refused = new Refused(err)
      else for (const one of calls) await make([one])
    }
  }
  // A batch is repeated as a whole: a retry for each item would be as many promises and timers as there are messages.
  const add = batchWrites<Call<Item, Result>>((calls) => retry(() => makeInTime(calls), calls[0]!.leaving), {
    max_items: MAX_ITEMS,
    max_bytes: Infinity,
    bytesOf: () => 0,
  })

  return async (item: Item, { leaving, hold_until = Infinity }: Patience): Promise<Result> => {
    const one: Call<Item, Result> = {
      item,
      leaving,
      hold_until,
      result: undefined,
      refused: undefined,
      is_overdue: false,
    }
    await add([one])
    if (one.is_overdue) throw new Overdue()
    if (one.refused) throw one.refused
    return one.result!
  }
}

/** SQLSTATE class 22 (data exception), 23 (a constraint) or 54 (limit exceeded), or a role's own code. */
const isAboutData = (thrown: unknown): boolean =>
  /^(2[23]...|54...|journal_document_too_large)$/.test(String((thrown as { code?: unknown }).code))
