/** Texts that come from anywhere, made fit for PostgreSQL: no NUL, no half characters, and no longer than a person reads. */
import type { Text } from '../../../lib/texts.ts'

const MAX_NAME = 200
const MAX_DETAIL = 2000

/** A name on one line. */
export const storableName = (name: string): string =>
  cut(name.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' '), MAX_NAME).trim()

export function storableDetail(detail: Text): Text {
  const fit = (text: string) => cut(text.replaceAll('\0', ''), MAX_DETAIL)
  return typeof detail === 'string' ? fit(detail) : { en: fit(detail.en), pt: fit(detail.pt) }
}

function cut(text: string, max: number): string {
  return (text.length > max ? `${text.slice(0, max - 1)}…` : text).toWellFormed()
}
