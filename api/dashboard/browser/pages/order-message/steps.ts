/** What happened to a message, in its order, from what the API knows of it. */
import type { Journey } from '../../data/orders.ts'

export type Attempt = Journey['attempts'][number]
export type Letter = Journey['letters'][number]

export type Step =
  | { kind: 'row' }
  | { kind: 'sent' }
  /** `before`: when what came before it ended, ISO 8601. */
  | { kind: 'attempt'; attempt: Attempt; before: string | null }
  /** The newest, of which the journal knows nothing. */
  | { kind: 'current' }
  | { kind: 'letter'; letter: Letter }
  | { kind: 'replay'; replay: number; at: string | null }
  | { kind: 'waiting' }
  | { kind: 'next' }
  | { kind: 'output' }
  | { kind: 'without_letter' }

export function stepsOf(journey: Journey): Step[] {
  const { status, attempts, letters, current, replay, output, sent_at } = journey
  const steps: Step[] = [{ kind: 'row' }, { kind: 'sent' }]
  let before = sent_at
  for (let round = 0; round <= replay; round++) {
    const from = letters.findLast((letter) => letter.replay === round - 1 && letter.state === 'replayed')
    if (round > 0) steps.push({ kind: 'replay', replay: round, at: from?.left_at ?? null })
    if (from?.left_at) before = from.left_at
    for (const attempt of attempts.filter((one) => one.replay === round)) {
      steps.push({ kind: 'attempt', attempt, before })
      before = attempt.processed_at
    }
    if (round === replay && current && !attempts.some((one) => isSame(one, replay, current)))
      steps.push({ kind: 'current' })
    for (const letter of letters) if (letter.replay === round) steps.push({ kind: 'letter', letter })
  }
  if (status === 'waiting' && !current) steps.push({ kind: 'waiting' })
  if (status === 'retrying' && journey.next_attempt_at !== null) steps.push({ kind: 'next' })
  if (output) steps.push({ kind: 'output' })
  if (status === 'dead' && !letters.some((letter) => letter.replay === replay)) steps.push({ kind: 'without_letter' })
  return steps
}

const isSame = (one: Attempt, replay: number, { attempt }: NonNullable<Journey['current']>) =>
  one.replay === replay && one.attempt === attempt
