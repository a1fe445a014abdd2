/** The attempt's channel to its worker. It is hidden from the job: a message that a library sends to a parent is not for us. */
import type { JSONValue } from 'postgres'
import { AppError } from '../../../lib/errors.ts'
import type { FromAttempt, Order, Question, ToAttempt } from './messages.ts'

export interface Channel {
  send(message: FromAttempt): void
  ask(question: Question): Promise<JSONValue | undefined>
  order: Promise<Order>
  /** Aborts when the worker says so. */
  signal: AbortSignal
}

export function openChannel(): Channel {
  const toWorker = process.send!.bind(process)
  delete process.send
  const order = Promise.withResolvers<Order>()
  const abort = new AbortController()
  const asked = new Map<number, PromiseWithResolvers<JSONValue | undefined>>()
  let questions = 0

  process.on('message', (message: ToAttempt) => {
    if (message.kind === 'start') order.resolve(message.order)
    else if (message.kind === 'abort') abort.abort(new AppError('unavailable', 'run_stopped', message.sentence))
    else {
      const question = asked.get(message.id)
      asked.delete(message.id)
      if (message.problem === undefined) question?.resolve(message.value)
      else question?.reject(new AppError('unavailable', 'worker_refused', message.problem))
    }
  })
  // Where the watching shell does not (lib/child), a process without its worker ends as soon as its loop turns.
  process.on('disconnect', () => process.exit(1))

  const send = (message: FromAttempt) => void toWorker(message)
  return {
    send,
    ask(question) {
      const answer = Promise.withResolvers<JSONValue | undefined>()
      asked.set(++questions, answer)
      send({ kind: 'ask', id: questions, question })
      return answer.promise
    },
    order: order.promise,
    signal: abort.signal,
  }
}
