/**
 * Questions of concurrent callers that go to the database as one: while a statement is under way, what arrives waits,
 * and goes together in the next. Everybody's statement is sent after they asked, so its answer is as fresh as one of
 * their own would be: what was committed before somebody asked is in what they get. One caller at a time pays no
 * delay, a hundred share a round trip. A statement that takes long, behind a lock perhaps, does not hold up the others:
 * the next goes without waiting for it.
 */
export interface Together {
  /** How long those who come later wait for the statement under way. */
  patience_ms?: number
  /** So many go in one statement. */
  most?: number
}

/** Returns `add`, which resolves with the answer to the whole group that its question went in, and rejects as that does. */
export function batchReads<Q, A>(
  ask: (questions: Q[]) => Promise<A>,
  { patience_ms = 20, most = 500 }: Together = {},
): (question: Q) => Promise<A> {
  /** Who asks next. */
  let group: { questions: Set<Q>; answer: PromiseWithResolvers<A> } | undefined
  /** Until its statement is answered, or patience ends. */
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
    // What arrives in this same turn goes along.
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
