/** Decides a delivery, the same on every driver: the handler's decision within the attempts that the queue allows. */
import { messageOf } from '../../../lib/errors.ts'
import type { Log } from '../../../lib/log.ts'
import { storableDetail } from '../postgres/storable.ts'
import type { Decision, Delivery, QueueSettings } from './queue.ts'

export type Handler = (delivery: Delivery, signal: AbortSignal) => Promise<Decision>

/** `dead` with the reason; it is empty otherwise. */
export interface Decided {
  result: 'ack' | 'retry' | 'dead' | 'return'
  reason: string
}

/** Runs the handler; a throw is a retry. Never throws. */
export async function decide(
  log: Log,
  { name: queue, max_attempts }: QueueSettings,
  handler: Handler,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<Decided> {
  const { id, attempt } = delivery
  let decision: Decision = 'retry'
  let why = ''
  try {
    decision = await handler(delivery, signal)
  } catch (err) {
    why = `: ${messageOf(err)}`
    log.warn({ err, queue, message_id: id, attempt, max_attempts }, 'a message was not handled')
  }
  if (decision === 'ack' || decision === 'return') return { result: decision, reason: '' }
  if (decision === 'drop') return { result: 'dead', reason: `Dropped by its handler on attempt ${attempt}.` }
  if (attempt < max_attempts) return { result: 'retry', reason: '' }
  return { result: 'dead', reason: storableDetail(`Not done after ${attempt} attempts${why || '.'}`) }
}

/** Why a message that was lost with its consumer so often is not delivered again. */
export const lostReason = (deliveries: number, attempt: number) =>
  `Its consumer did not come back from ${deliveries} deliveries of attempt ${attempt}.`

/** Why a message is not delivered that has had more attempts than are allowed by now. */
export const spentReason = (attempts: number) => `Not done after ${attempts} attempts.`
