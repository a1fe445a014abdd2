/**
 * Guards a text cell that starts with = + - or @, which would run as a formula in a spreadsheet: export puts an apostrophe
 * before it, and one more before a text that has some already; import removes one. So every text comes back as it was.
 */
export function withFormulaGuard(text: string): string {
  return /^'*[=+\-@]/.test(text) ? `'${text}` : text
}

export function withoutFormulaGuard(text: string): string {
  // Runs for every cell of a file: nearly none begins with an apostrophe.
  return text.startsWith("'") && /^'+[=+\-@]/.test(text) ? text.slice(1) : text
}

/** Any text as a cell of RFC 4180. */
export function csvText(text: string): string {
  // Nearly every cell needs no change.
  if (!/[",\r\n]|^['=+\-@]/.test(text)) return text
  const guarded = withFormulaGuard(text)
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}
