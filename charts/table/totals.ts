/**
 * Rows that sum up other rows: drawn as a category, they would dwarf the rows that they sum. Some are known by their name, some
 * only by their numbers.
 */
import { ranksOf } from './ordered-labels.ts'
import type { Column, NumberColumn } from './table.ts'

/** By row: whether it is a total. */
export function findTotals(columns: Column[], labels: (string | null)[]): boolean[] {
  const numbers = columns.filter((column) => column.kind === 'number')
  const totals: boolean[] = []
  const seen = new Set<string>()
  // `Média` between `Baixa` and `Alta` is no mean.
  const isScale = ranksOf([...new Set(labels.filter((label) => label !== null))]) !== undefined
  for (const [row, label] of labels.entries()) {
    const isTotal =
      label !== null &&
      ((!isScale && isTotalName(label, seen)) ||
        (/\btota(l|is)\b|^soma\b/i.test(label) && addsUpRows(numbers, row, totals)) ||
        (row === labels.length - 1 && row >= 3 && addsUpAll(numbers, row, totals)))
    totals.push(isTotal)
    if (label !== null && !isTotal) seen.add(label)
  }
  return totals
}

const NAMED =
  /^(sub-?\s?tota(l|is)\b.*|tota(l|is)|grand total|overall|soma|somatório|sum|média|media|average|avg|mean|mínimo|máximo|acumulado|saldo final|(valor|soma|custo|receita|quantidade) total|total (filial|loja|grupo|unidade|região|setor|departamento|group|region|branch)\b.*)(\s(geral|general|final|do|da|dos|das|de|por|of|for|the|in|período|mês|ano)\b.*|\s?:)?$/i

/** Whether a label names a total; `Total Norte` does when `Norte` is among the labels above it. */
export function isTotalName(label: string, seen: ReadonlySet<string>): boolean {
  if (NAMED.test(label)) return true
  const of = /^(?:sub-?)?total\s(.+)$/i.exec(label)?.[1] ?? /^(.+?)\s(?:sub-?)?total$/i.exec(label)?.[1]
  return of !== undefined && seen.has(of)
}

/** Tens of thousands of rows called totals would look at one another. */
const MOST_SUMMED = 500

/** Whether the row is the sum of some of the rows right above it. */
function addsUpRows(numbers: NumberColumn[], row: number, totals: boolean[]): boolean {
  return numbers.some(({ values }) => {
    const value = values[row]
    if (value == null) return false
    let sum = 0
    let added = 0
    for (let at = row - 1; at >= Math.max(0, row - MOST_SUMMED); at--) {
      if (totals[at]) continue
      sum += values[at] ?? 0
      if (++added >= 2 && isClose(sum, value)) return true
    }
    return false
  })
}

/** The last row, when it is the sum of all others in every column: `Empresa toda` below its parts. */
function addsUpAll(numbers: NumberColumn[], row: number, totals: boolean[]): boolean {
  const known = numbers.filter(({ values }) => values[row] != null && values[row] !== 0)
  return (
    known.length > 0 &&
    known.every(({ values, unit }) => {
      if (unit.kind === 'percent') return false
      const above = values.slice(0, row).map((value, at) => (totals[at] ? 0 : (value ?? 0)))
      return (
        above.filter((value) => value !== 0).length >= 3 &&
        isClose(
          above.reduce((a, b) => a + b, 0),
          values[row]!,
        )
      )
    })
  )
}

/** Exact but for the noise of sums of fractions. */
const isClose = (a: number, b: number) => Math.abs(a - b) <= 1e-6 * Math.max(Math.abs(a), Math.abs(b))
