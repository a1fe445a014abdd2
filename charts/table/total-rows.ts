/** Rows that sum up other rows: drawn as a category they would dwarf what they sum. */
const TOTAL =
  /^(sub-?\s?tota(l|is)|tota(l|is)|grand total|overall|soma|somatório|sum|média|media|average|avg|mean|mínimo|máximo|acumulado|saldo final)(\s+(geral|general|final|do|da|dos|das|de|por|of|for|the|in|período|mês|ano)\b.*)?\s*:?$/i

/** Whether a label names a total; `Total Norte` does when `Norte` is among the labels above it. */
export function isTotalLabel(label: string, seen: ReadonlySet<string>): boolean {
  if (TOTAL.test(label)) return true
  const of = /^(?:sub-?)?total\s+(.+)$/i.exec(label)?.[1] ?? /^(.+?)\s+(?:sub-?)?total$/i.exec(label)?.[1]
  return of !== undefined && seen.has(of)
}
