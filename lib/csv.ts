/**
 * A text cell that starts with = + - or @ would run as a formula in a spreadsheet. Export puts an apostrophe before it,
 * as a person would, and one more before text that has apostrophes there already; import takes one away: so every text
 * comes back as it was.
 */
export function withFormulaGuard(text: string): string {
  return /^'*[=+\-@]/.test(text) ? `'${text}` : text
}

export function withoutFormulaGuard(text: string): string {
  // Asked of every cell of a file: nearly none begins with an apostrophe.
  return text.startsWith("'") && /^'+[=+\-@]/.test(text) ? text.slice(1) : text
}

/** Any text as a cell of RFC 4180. */
export function csvText(text: string): string {
  // Nearly every cell is as it is.
  if (!/[",\r\n]|^['=+\-@]/.test(text)) return text
  const guarded = withFormulaGuard(text)
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}
