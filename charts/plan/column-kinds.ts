/** Sorts a table's number columns into measures, years and identifiers, and scores how much each measure is worth drawing. */
import { namesIdentifier } from '../table/code-words.ts'
import { fold } from '../table/code-words.ts'
import { countDistinct } from './group-rows.ts'
import { holdsYears } from '../table/type-columns.ts'
import type { NumberColumn, Table } from '../table/table.ts'
import {
  classOf,
  datesAThing,
  isLevel,
  isPlanned,
  isSecondary,
  namesPhone,
  namesWait,
  namesYear,
  sharedWords,
} from './words.ts'

export interface Measure {
  column: NumberColumn
  score: number
  /** How several rows of one label come together. */
  method: 'sum' | 'mean'
}

export interface ColumnKinds {
  /** Best first. */
  measures: Measure[]
  years: NumberColumn[]
  identifiers: NumberColumn[]
  /** Numbers that nobody measures by: years of birth, values in several currencies. */
  unmeasured: NumberColumn[]
  /** The rows are in the order of the first measure, and numbered. */
  ranking?: true
  /** The workbook names all that is drawn, in this order. */
  chosen?: true
}

export function columnKinds(table: Table): ColumnKinds {
  const numbers = table.columns.filter((column) => column.kind === 'number')
  const years = numbers.filter(
    (column) =>
      !datesAThing(column.header) &&
      (namesYear(column.header) ? holdsOldYears(column) : holdsYears(column) && isSteps(column)),
  )
  const others = numbers.filter((column) => !years.includes(column))
  const isUnmeasured = (column: NumberColumn) =>
    column.currencies || (datesAThing(column.header) && holdsOldYears(column)) || isYearOfThing(column)
  const unmeasured = others.filter((column) => isUnmeasured(column) || (others.length === 1 && holdsCapacities(column)))
  const places = others.find((column) => holdsPlaces(column, table))
  const identifiers = others.filter(
    (column) => !unmeasured.includes(column) && (column === places || isIdentifier(column, table)),
  )
  const rest = others.filter((column) => !unmeasured.includes(column) && !identifiers.includes(column))
  const products = findProducts(rest)
  const measures = rest
    .map((column, at): Measure => {
      const isProduct = products.has(column)
      return {
        column,
        score:
          scoreOf(column, at, isProduct) +
          (isRelatedToAny(column, rest) ? 1.5 : 0) +
          (isOneOfMany(column, rest) ? 2 : 0) -
          (isVariance(column, rest) ? 8 : 0) -
          (isOfOtherUnit(column, rest, table) ? 8 : 0),
        method: !isProduct && isMean(column) ? 'mean' : 'sum',
      }
    })
    .toSorted((a, b) => b.score - a.score)
  const ranking = places && measures.filter(({ column }) => falls(column)).toSorted(byPoints)[0]
  if (!ranking) return { measures, years, identifiers, unmeasured }
  const ranked = [ranking, ...measures.filter((one) => one !== ranking)]
  return { measures: ranked, years, identifiers, unmeasured, ranking: true }
}

/** `De 0 a 10, o quanto recomendaria?` */
const NAMES_SCALE = /(^|[^\d.,])[01]\s?(a|à|e|to|bis|al?|-|–)\s?(5|7|10|100)\b(?![.,]\d)/i

const isMean = ({ unit, header }: NumberColumn) =>
  unit.kind === 'percent' ||
  isLevel(header) ||
  (/\?|escala|scale|skala/i.test(header) && NAMES_SCALE.test(header)) ||
  ((unit.kind === 'hours' || classOf(header) === 'time') && namesWait(header))

const FEWEST_CAPACITIES = 8

/** `RAM GB` of each machine, 8, 16 or 32: a property to count by, not an amount to add up. */
function holdsCapacities(column: NumberColumn): boolean {
  const known = column.values.filter((value) => value !== null)
  return (
    known.length >= FEWEST_CAPACITIES &&
    countDistinct(known) >= 2 &&
    countDistinct(known) * 2 <= known.length &&
    known.every((value) => value >= 4 && Number.isInteger(Math.log2(value))) &&
    classOf(column.header) === undefined
  )
}

/** Points decide the place; else the first column that falls with it. */
const byPoints = (a: Measure, b: Measure) => Number(namesPoints(b)) - Number(namesPoints(a)) || bySheetOrder(a, b)

const namesPoints = ({ column }: Measure) =>
  /^(pts|pontos|pontuacao|points|puntos|punkte|score)$/.test(fold(column.header))

export const bySheetOrder = (a: Measure, b: Measure) => a.column.index - b.column.index

/** `Fatura (R$)` beside other columns under a title that ends with `(kWh)`. */
function isOfOtherUnit({ header }: NumberColumn, others: NumberColumn[], { titles }: Table): boolean {
  const wanted = titles.flatMap((title) => IN_PARENTHESES.exec(title)?.[1] ?? [])
  const own = IN_PARENTHESES.exec(header)?.[1]
  const isFree = (other: NumberColumn) => !IN_PARENTHESES.test(other.header)
  return wanted.length > 0 && own !== undefined && !wanted.includes(own) && others.some(isFree)
}
const IN_PARENTHESES = /\(([^()\s]{1,5})\)\s*$/

/** `Pos`, `Rank`: 1, 2, 3 in front of names. */
function holdsPlaces(column: NumberColumn, table: Table): boolean {
  if (column !== table.columns[0] || !column.values.every((value, at) => value === at + 1)) return false
  const numbers = table.columns.filter((other) => other.kind === 'number')
  const hasNames = table.columns.some((other) => other.kind === 'text' && countDistinct(other.values) === table.rows)
  return table.rows >= 3 && numbers.length >= 2 && hasNames
}

/** From the first place to the last. */
function falls({ values }: NumberColumn): boolean {
  const known = values.filter((value) => value !== null)
  return (
    known.length === values.length &&
    known[0] !== known.at(-1) &&
    known.every((value, at) => at === 0 || value <= known[at - 1]!)
  )
}

/** `Current_Price` and `New_Product_Price` are there to be compared. */
function isRelatedToAny(column: NumberColumn, others: NumberColumn[]): boolean {
  const quantity = classOf(column.header)
  return others.some(
    (other) =>
      other !== column && quantity === classOf(other.header) && sharedWords(column.header, other.header).length > 0,
  )
}

/** Open, high, low, close: three columns or more of one size under headers that name no quantity. */
function isOneOfMany(column: NumberColumn, others: NumberColumn[]): boolean {
  const unclassed = ({ header }: NumberColumn) => header !== '' && classOf(header) === undefined && !isSecondary(header)
  if (!unclassed(column)) return false
  const size = meanOf(column)
  return (
    others.filter((other) => {
      const ratio = meanOf(other) / size
      return unclassed(other) && other.unit.kind === column.unit.kind && ratio >= 0.5 && ratio <= 2
    }).length >= 3
  )
}

/** What is left of one column when another is taken away: `Variação` beside budget and actual. */
function isVariance(column: NumberColumn, others: NumberColumn[]): boolean {
  const planned = others.filter(({ header }) => isPlanned(header))
  const subtracts = (a: NumberColumn, b: NumberColumn) =>
    column.values.every(
      (value, row) =>
        value === null ||
        (a.values[row] != null &&
          b.values[row] != null &&
          Math.abs(Math.abs(a.values[row] - b.values[row]) - Math.abs(value)) < 0.006),
    )
  return (
    column.values.length >= 3 &&
    !isPlanned(column.header) &&
    planned.some((a) => others.some((b) => b !== a && b !== column && a !== column && subtracts(a, b)))
  )
}

const means = new WeakMap<NumberColumn, number>()

/** Every column is compared with every other. */
function meanOf(column: NumberColumn): number {
  let mean = means.get(column)
  if (mean === undefined) {
    const known = column.values.filter((value) => value !== null)
    mean = known.reduce((sum, value) => sum + Math.abs(value), 0) / Math.max(1, known.length)
    means.set(column, mean)
  }
  return mean
}

function scoreOf(column: NumberColumn, at: number, isProduct: boolean): number {
  const known = column.values.filter((value) => value !== null)
  const filled = known.length / column.values.length
  const quantity = classOf(column.header)
  let score = 10 - Math.min(at * 0.3, 2) - 6 * (1 - filled)
  score -= 4 * (known.filter((value) => value === 0).length / Math.max(1, known.length))
  if (column.header === '') score -= 5
  if (quantity === 'amount') score += 4
  if (/^total( geral)?$/i.test(column.header)) score += 3
  if (quantity === 'count') score += 1.5
  if (quantity === 'rating') score += 2.5
  if (isNetAmount(column.header)) score += 8
  if (column.unit.kind === 'money') score += 4
  if (column.unit.kind === 'percent') score -= 2
  // A property of things, not something that happens to them.
  if (quantity === 'length' || quantity === 'weight' || quantity === 'area') score -= 2
  if (isSecondary(column.header)) score -= 6
  if (isProduct) score += 2
  if (known.length > 2 && known.every((value) => value === known[0])) score -= 8
  // Long fractions without a format are by-products of a computation.
  if (column.decimals === undefined && mostlyLongFractions(known)) score -= 2
  return score
}

/** What a person is paid in the end. */
const isNetAmount = (header: string) =>
  /^(valor |vlr\.? |total |sal[aá]rio )?l[ií]quido( a (receber|pagar))?$|^net( pay| amount| salary)?$/i.test(header)

function mostlyLongFractions(values: number[]): boolean {
  const sample = values.slice(0, 50)
  return sample.filter((value) => String(value).replace(/^-?\d*\.?/, '').length > 6).length * 2 > sample.length
}

function isIdentifier(column: NumberColumn, table: Table): boolean {
  if (column.unit.kind !== 'plain' || column.unit.suffix) return false
  const known = column.values.filter((value) => value !== null)
  if (!known.every(Number.isInteger)) return false
  const others = table.columns.length - 1
  if (others === 0) return false
  if (namesIdentifier(column.header)) return !namesPhone(column.header)
  const counts = known.every((value, at) => at === 0 || value === known[at - 1]! + 1)
  const fewest = column === table.columns[0] ? 5 : FEWEST_NUMBERED
  if (!counts || (column.header === '' ? known.length <= 2 : known.length < fewest)) return false
  // `Sample`, `Ext.`: one more in each row.
  const isBeside = table.columns.some(
    (other) => other !== column && other.kind === 'number' && !countsUp(other) && !holdsYears(other),
  )
  const names = table.columns.filter(({ kind }) => kind === 'text').length
  const isQuantity = classOf(column.header) !== undefined && fold(column.header) !== 'ext'
  return column.header === '' || (!isQuantity && (isBeside || names >= 3))
}

/** Not in front of the table, fewer numbers may happen to follow one another. */
const FEWEST_NUMBERED = 8

/** One more in each of many rows. */
export const numbersRows = (column: NumberColumn) => column.values.length >= FEWEST_NUMBERED && countsUp(column)

export const countsUp = ({ values }: NumberColumn) =>
  values.every((value, at) => at === 0 || value === (values[at - 1] ?? Number.NaN) + 1)

/** Under a header that says years, also those before 1900. */
function holdsOldYears({ values, unit }: NumberColumn): boolean {
  const known = values.filter((value) => value !== null)
  return (
    unit.kind === 'plain' &&
    known.length > 0 &&
    known.every((value) => Number.isInteger(value) && value >= 1000 && value <= 2100)
  )
}

/** Years in no order under a header that names no quantity. */
function isYearOfThing(column: NumberColumn): boolean {
  return holdsYears(column) && column.values.length >= 5 && column.header !== '' && classOf(column.header) === undefined
}

/** Years that rise from row to row, or repeat, need no header that says so. */
function isSteps(column: NumberColumn): boolean {
  const known = column.values.filter((value) => value !== null)
  return known.length > 1 && known.every((value, at) => at === 0 || value >= known[at - 1]!)
}

/** Columns that are the product of two others, as a line's total is quantity times price: these may be added up. */
function findProducts(columns: NumberColumn[]): Set<NumberColumn> {
  const found = new Set<NumberColumn>()
  const few = columns.slice(0, 12)
  for (const product of few)
    for (const [at, a] of few.entries())
      for (const b of few.slice(at + 1))
        if (a !== product && b !== product && isProductOf(product, a, b)) found.add(product)
  return found
}

function isProductOf(product: NumberColumn, a: NumberColumn, b: NumberColumn): boolean {
  let right = 0
  let seen = 0
  for (let row = 0; row < Math.min(product.values.length, 200); row++) {
    const [p, x, y] = [product.values[row], a.values[row], b.values[row]]
    if (p == null || x == null || y == null) continue
    // A factor of 1 proves nothing.
    if (x === 1 || y === 1) continue
    seen++
    if (Math.abs(x * y - p) <= 0.005 * Math.abs(p) + 0.01) right++
  }
  return seen >= 3 && right >= seen * 0.95
}
