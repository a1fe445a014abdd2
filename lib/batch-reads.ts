/**
 * Batches concurrent lookups into one statement: lookups that come while a statement is under way go together in the next.
 * Each statement is sent after its lookups were made, so its answer is as fresh as that of a statement of one's own. A
 * single caller pays no delay, a hundred share a round trip. A slow statement, behind a lock perhaps, does not hold up the
 * others: the next is sent without waiting for it.
 */
export interface Together {
  /** How long later lookups wait for the statement under way. */
  patience_ms?: number
  /** Lookups in one statement. */
  most?: number
}

/** Returns `add`, which resolves with the answer to the whole batch of its question, or rejects with its error. */
export function batchReads<Q, A>(
  ask: (questions: Q[]) => Promise<A>,
  { patience_ms = 20, most = 500 }: Together = {},
): (question: Q) => Promise<A> {
  /** The next batch. */
  let group: { questions: Set<Q>; answer: PromiseWithResolvers<A> } | undefined
  /** The statement that the next batch waits for: until it is answered, or patience ends. */
  let under_way: object | undefined

  function send(): void {
    if (!group) return
    const { questions, answer } = group
    group = undefined
    const statement = (under_way = {})
    const next = () => {
      if (under_way !== statement) return
      under_way = undefined
      send()
    }
    const impatient = setTimeout(next, patience_ms)
    Promise.try(ask, [...questions])
      .then(answer.resolve, answer.reject)
      .finally(() => {
        clearTimeout(impatient)
        next()
      })
  }

  return (question) => {
    const joined = (group ??= open())
    joined.questions.add(question)
    if (joined.questions.size >= most) send()
    return joined.answer.promise
  }

  function open() {
    // Lookups of the same turn go together.
    if (!under_way) {
      const turn = (under_way = {})
      setImmediate(() => {
        if (under_way === turn) {
          under_way = undefined
          send()
        }
      })
    }
    return { questions: new Set<Q>(), answer: Promise.withResolvers<A>() }
  }
}
