/** Large files share one line: a few are sent at a time, the others wait for their turn. */
const AT_ONCE = 3

let busy = 0
const waiting: Array<() => void> = []

/** Does `work` when it is its turn, unless `signal` has aborted by then. */
export async function inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  if (busy >= AT_ONCE) await new Promise<void>((go) => waiting.push(go))
  else busy++
  try {
    signal.throwIfAborted()
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else busy--
  }
}
