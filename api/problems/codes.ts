import { DEAD_LETTER_PROBLEMS } from './dead-letters.ts'
import { ENGINE_PROBLEMS } from './engines.ts'
import { FILE_PROBLEMS } from './files.ts'
import { JOB_PROBLEMS } from './jobs.ts'
import { ORDER_PROBLEMS } from './orders.ts'
import type { ProblemText } from './problem-text.ts'
import { REPLAY_PROBLEMS } from './replays.ts'
import { REQUEST_PROBLEMS } from './requests.ts'
import { SIGN_IN_PROBLEMS } from './sign-in.ts'

/** Every code that the API can answer, in the order of the alphabet. */
export const PROBLEMS: ReadonlyMap<string, ProblemText> = new Map(
  Object.entries<ProblemText>({
    ...REQUEST_PROBLEMS,
    ...SIGN_IN_PROBLEMS,
    ...FILE_PROBLEMS,
    ...JOB_PROBLEMS,
    ...ORDER_PROBLEMS,
    ...DEAD_LETTER_PROBLEMS,
    ...REPLAY_PROBLEMS,
    ...ENGINE_PROBLEMS,
  }).toSorted(([a], [b]) => (a < b ? -1 : 1)),
)
