/**
 * Names of users: 1 to 150 visible characters without a space at the ends, alike in any case. Names are kept
 * in NFKC, as Django keeps them, so that look-alikes of one name (full-width letters, composed and decomposed accents)
 * are one name. They are folded here and compared in the folded form everywhere: lower case is not the same in JavaScript
 * and in PostgreSQL (İ, a sigma at the end), nor in two databases with different locales.
 */
export const MAX_USERNAME = 150

/** The name as it is kept; null for a text that cannot be one. `longest`: in characters. */
export function normalUsername(given: string, longest = MAX_USERNAME): string | null {
  const name = given.normalize('NFKC').trim()
  const length = Array.from(name).length
  if (length < 1 || length > longest || !name.isWellFormed() || REFUSED.test(name)) return null
  return name
}

/** The form in which names are compared and counted: ΝΙΚΟΣ, νικος and νικοσ are one, and so are straße and STRASSE. */
export const foldUsername = (name: string): string =>
  name.normalize('NFKC').trim().toLowerCase().toUpperCase().toLowerCase().normalize('NFKC')

/**
 * Controls, private and unassigned code points, every space but the plain one, and what shows as nothing: format characters,
 * joiners, fillers that count as letters (default ignorable), and the empty Braille pattern.
 */
const REFUSED = /[\p{C}\p{DI}\p{Zl}\p{Zp}\u2800]|(?! )\p{Zs}/u
