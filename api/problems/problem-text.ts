import type { ErrorKind } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'

/** The explanation of a problem's code: its page, and the list of all codes, are made of it. */
export interface ProblemText {
  /** As the AppError has it, from which its status follows. */
  kind: ErrorKind
  what: Translated
  action: Translated
}
