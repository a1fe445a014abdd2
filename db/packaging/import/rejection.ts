/** The refusal of an import: one error that lists the mistakes by line and column. Nothing was imported then. */
import { AppError, type ErrorItem } from '../../../lib/errors.ts'
import type { Translated } from '../../../lib/texts.ts'

export interface FileError extends ErrorItem {
  line: number
  /** The field, as the header means it. */
  column?: string
}

/** Mistakes that are listed at most; the sentence tells how many there are. */
export const MOST_LISTED = 1000

export function fileError(line: number, column: string | undefined, message: Translated): FileError {
  return column === undefined
    ? { path: `line ${line}`, line, message }
    : { path: `line ${line}, column ${column}`, line, column, message }
}

/** A cell's text as a sentence quotes it. */
export const shown = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

/** `mistakes`: how many there are, where `errors` does not hold all of them. */
export function rejection(
  why: Translated,
  errors: FileError[],
  { mistakes = errors.length, cause }: { mistakes?: number; cause?: unknown } = {},
): AppError {
  const cut = {
    en: ` The first ${MOST_LISTED} of ${mistakes} mistakes are listed.`,
    pt: ` Os primeiros ${MOST_LISTED} de ${mistakes} erros estão na lista.`,
  }
  const listed = mistakes > MOST_LISTED ? cut : { en: '', pt: '' }
  const detail = {
    en: `${why.en}${listed.en} Nothing was imported.`,
    pt: `${why.pt}${listed.pt} Nada foi importado.`,
  }
  return new AppError('invalid', 'import_rejected', detail, { errors: errors.slice(0, MOST_LISTED), cause })
}
