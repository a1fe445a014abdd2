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

const MAX_ITEMS = 500

interface Call<Item, Result> {
  item: Item
  leaving: AbortSignal
  result: Result | undefined
  refused: Refused | undefined
}

/** `call` answers its items in their order. The function returned throws Refused, or what stopped it once `leaving` has aborted. */
export function batchCalls<Item, Result>(call: (items: Item[]) => Promise<Result[]>, retry: RetryUntilAborted) {
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
  const add = batchWrites<Call<Item, Result>>((calls) => retry(() => make(calls), calls[0]!.leaving), {
    max_items: MAX_ITEMS,
    max_bytes: Infinity,
    bytesOf: () => 0,
  })

  return async (item: Item, leaving: AbortSignal): Promise<Result> => {
    const one: Call<Item, Result> = { item, leaving, result: undefined, refused: undefined }
    await add([one])
    if (one.refused) throw one.refused
    return one.result!
  }
}

/** SQLSTATE class 22 (data exception), 23 (a constraint) or 54 (limit exceeded), or a role's own code. */
const isAboutData = (thrown: unknown): boolean =>
  /^(2[23]...|54...|journal_document_too_large)$/.test(String((thrown as { code?: unknown }).code))
