/** How an import says no: one problem that lists what is wrong by line and column. Nothing was imported then. */
import { AppError, type ErrorItem } from '../../../lib/errors.ts'

export interface FileError extends ErrorItem {
  line: number
  /** The field, as the header means it. */
  column?: string
}

/** Listed at most; the sentence tells how many there are. */
export const MOST_LISTED = 1000

export function fileError(line: number, column: string | undefined, message: string): FileError {
  return column === undefined
    ? { path: `line ${line}`, line, message }
    : { path: `line ${line}, column ${column}`, line, column, message }
}

export function rejection(detail: string, errors: FileError[], cause?: unknown): AppError {
  const listed = errors.length > MOST_LISTED ? ` The first ${MOST_LISTED} are listed.` : ''
  return new AppError('import_rejected', 422, `${detail}${listed} Nothing was imported.`, {
    errors: errors.slice(0, MOST_LISTED),
    cause,
  })
}

/** For a file that is wrong as a whole. */
export function refuse(detail: string, cause?: unknown): never {
  throw rejection(detail, [], cause)
}
