/** Measures that share the chart with the best one: all that a person compares with it. */
import { fold } from '../table/code-words.ts'
import { lastHeader, type NumberColumn } from '../table/table.ts'
import { bySheetOrder, type Measure, type ColumnKinds } from './column-kinds.ts'
import {
  isTotal,
  MOST_LINES,
  partsOfTotal,
  sharesOfRows,
  wholeOf,
  withoutSumsOfGroups,
  withoutTotalGroup,
  belowGroup,
} from './sums-of-columns.ts'
import { classOf, isActual, isInstrumentUnit, isPlanned, isSecondary, isTotalHeader, sharedWords } from './words.ts'

/** Groups of bars are read up to fewer than lines. */
const MOST_BARS = 8
/** The largest ratio of two series' sizes: beyond it the smaller one is a line along the bottom. */
const UNRELATED_RATIO = 5
const RELATED_RATIO = 20
/** Columns that are names of things (stores, products) are compared however small some of them are. */
const SIBLING_RATIO = 300

/** More names than this are compared by one measure. */
const MOST_NAMES = 12

/** The measures to draw together, in the order of the sheet; the best one alone when nothing goes with it. */
export function chooseMeasures(kinds: ColumnKinds, method: 'each' | 'grouped', along: 'times' | 'names'): Measure[] {
  const shown = comparedMeasures(kinds, method, along)
  const isCrowded = along === 'names' && method === 'each' && (shown[0]?.column.values.length ?? 0) > MOST_NAMES
  const mean = isCrowded && !kinds.chosen && kinds.measures.find((measure) => isMeanOf(measure, shown))
  return mean ? [mean] : shown
}

/** `Média` of `P1`, `P2` and `Trabalho`, whatever their weights. */
function isMeanOf({ column }: Measure, parts: Measure[]): boolean {
  if (parts.length < 2 || !/\b(media|final|average|avg|mean)\b/.test(fold(column.header))) return false
  const lies = column.values.filter((value, row) => {
    const known = parts.flatMap((part) => part.column.values[row] ?? [])
    return value === null || (value >= Math.min(...known) - 0.05 && value <= Math.max(...known) + 0.05)
  })
  return lies.length >= column.values.length * 0.9
}

function comparedMeasures(kinds: ColumnKinds, method: 'each' | 'grouped', along: 'times' | 'names'): Measure[] {
  const [best, ...all] = kinds.chosen ? kinds.measures : withoutSumsOfGroups(kinds.measures)
  if (!best) return []
  const most = along === 'times' ? MOST_LINES : MOST_BARS
  if (kinds.chosen) return kinds.measures
  const close = closeOfQuotes(kinds.measures)
  if (close) return [close]
  const planned = plannedInGroups(kinds.measures)
  if (planned.length > 0) return planned.slice(0, most)
  const across = sameColumnOfGroups(best, all)
  if (across.length > 0) return [best, ...across].slice(0, most).toSorted(bySheetOrder)
  if (kinds.ranking) return [best, ...targetOf(best, all)]
  const columns = kinds.measures.map(({ column }) => column)
  const comparable = all.filter((other) => sameUnit(best.column, other.column) && !isTotal(other.column, columns))
  const others = comparable.filter((other) => !isDifference(other.column, [best, ...comparable]))
  const parts = partsOfTotal(best, others)
  if (parts.length >= 2 && parts.length <= most) return parts.toSorted(bySheetOrder)
  if (isTotal(best.column, columns)) return [best]
  const shares = along === 'names' ? sharesOfRows([best, ...comparable]) : []
  if (shares.length > 0 && shares.length <= most) return shares
  const groups = comparedGroups(best, others)
  const pair = groups.length > 0 ? [] : inAndOut([best, ...comparable])
  const balance = [best, ...comparable].find(isBalance)
  // A line through the few days with an entry says less than what is left each day.
  if (along === 'times' && balance && pair.some(({ column }) => column.values.includes(null))) return [balance]
  // `Vitórias`, `Derrotas` and `Empates`, too.
  const alike = siblings(best, others)
  const isPart = alike.length >= 2 && pair.every((one) => one === best || alike.includes(one))
  if (pair.length > 0 && !isPart) return pair.toSorted(bySheetOrder)
  const compared = plannedAndActual(best, others)
  // `Inicial` under `Dotação` belongs beside `Pagas` under `Despesas`.
  const byPlan = compared.length > groups.length ? [compared, groups] : [groups, compared]
  for (const found of [...byPlan, targetOf(best, others), alike]) {
    if (found.length > 0)
      return withoutTotalGroup([best, ...found])
        .slice(0, most)
        .toSorted(bySheetOrder)
  }
  const candidates = others.filter((other) => goTogether(best, other, method))
  return [best, ...closest(best, candidates).slice(0, most - 1)].toSorted(bySheetOrder)
}

/** `Receita` and `Custo`, each over `2024` and `2025`: groups of a header with the same columns under them. */
function comparedGroups(best: Measure, others: Measure[]): Measure[] {
  const path = best.column.header_path
  if (!path) return []
  const grouped = others.filter(({ column }) => column.header_path?.length === path.length)
  const below = (first: string) =>
    [best, ...grouped]
      .filter(({ column }) => column.header_path![0] === first)
      .map(belowGroup)
      .toSorted()
      .join('\0')
  const own = below(path[0]!)
  return grouped.filter(({ column }) => column.header_path![0] === path[0] || below(column.header_path![0]!) === own)
}

const QUOTES = [
  /^(open|abertura|apertura|eroffnung)$/,
  /^(high|alta|maxim[ao]|hoch)$/,
  /^(low|baixa|minim[ao]|tief)$/,
  /^(close|fechamento|cierre|schluss|ultimo|last)( last)?$/,
]

/** Of open, high, low and close: five lines upon one another say less than the last price of each day. */
function closeOfQuotes(measures: Measure[]): Measure | undefined {
  const quotes = QUOTES.map((name) => measures.find(({ column }) => name.test(fold(column.header))))
  return quotes.includes(undefined) ? undefined : quotes[3]
}

/**
 * `Unitário` and `Total`, each under `Fornecedor A`, `B` and `C`: one of them over all groups, where they are of different kinds.
 * A group called total repeats the others.
 */
function sameColumnOfGroups(best: Measure, all: Measure[]): Measure[] {
  const path = best.column.header_path
  if (path?.length !== 2 || isTotalHeader(path[0]!)) return []
  const grouped = [best, ...all].filter(
    ({ column: { header_path } }) => header_path?.length === 2 && !isTotalHeader(header_path[0]!),
  )
  const own = grouped.filter(({ column }) => column.header_path![0] === path[0])
  const alike = grouped.filter(({ column }) => column.header_path![1] === path[1])
  const isOfOneKind = own.every(({ column }) => isLikeKind(best.column, column))
  return isOfOneKind || own.length < 2 ? [] : alike.filter((one) => one !== best)
}

/** `Budget` and `Actual` under each of `Q1`, `Q2`; not their difference, nor the half year that sums up both. */
function plannedInGroups(measures: Measure[]): Measure[] {
  const grouped = measures.filter(({ column: { header_path } }) => header_path?.length === 2)
  const compared = grouped
    .filter(({ column }) => isPlanned(column.header_path![1]!) || isActual(column.header_path![1]!))
    .filter(({ column }) => column.unit.kind !== 'percent')
    .toSorted(bySheetOrder)
  const groups = Map.groupBy(compared, ({ column }) => column.header_path![0]!)
  const isPair = (pair: Measure[]) => pair.length === 2 && pair.some(({ column }) => isPlanned(column.header_path![1]!))
  return groups.size > 1 && [...groups.values()].every(isPair) ? withoutTotalGroup(compared) : []
}

/** Whether both could be parts of one whole. */
function isLikeKind(a: NumberColumn, b: NumberColumn): boolean {
  const [one, other] = [a, b].map(({ header_path }) => header_path?.at(-1) ?? '')
  if (isTotalHeader(one!) !== isTotalHeader(other!)) return false
  if (!sameUnit(a, b) || (a.decimals ?? 0) > 0 !== (b.decimals ?? 0) > 0) return false
  return classOf(one!) === classOf(other!) || areCounted(a, b)
}

/** `Consultas` and `Exames`: whole numbers of one size, of which a header at most says that they are counted. */
function areCounted(a: NumberColumn, b: NumberColumn): boolean {
  const names = [a, b].map(lastHeader)
  const quantities = names.map(classOf).filter((quantity) => quantity !== undefined)
  const ratio = sizeOf(a) / sizeOf(b)
  return (
    quantities.length === 1 &&
    quantities[0] === 'count' &&
    !names.some(namesAbsences) &&
    isWhole(a) &&
    isWhole(b) &&
    Math.max(ratio, 1 / ratio) <= UNRELATED_RATIO
  )
}

/** The one column of targets beside what came of it. */
function targetOf(best: Measure, others: Measure[]): Measure[] {
  const targets = others.filter(({ column }) => isPlanned(column.header) && sameUnit(best.column, column))
  if (targets.length !== 1 || isPlanned(best.column.header) || best.method !== targets[0]!.method) return []
  const ratio = sizeOf(best.column) / sizeOf(targets[0]!.column)
  return Math.max(ratio, 1 / ratio) <= UNRELATED_RATIO ? targets : []
}

/** What was planned stands beside what came of it, however far apart they are. */
function plannedAndActual(best: Measure, others: Measure[]): Measure[] {
  const compared = (measure: Measure) => isPlanned(measure.column.header) || isActual(measure.column.header)
  const found = others.filter(compared)
  const all = compared(best) ? [best, ...found] : []
  const both = all.some(({ column }) => isPlanned(column.header)) && all.some(({ column }) => isActual(column.header))
  return both ? found : []
}

/** Headers that name things instead of quantities. */
function siblings(best: Measure, others: Measure[]): Measure[] {
  const unclassed = (measure: Measure) => classOf(measure.column.header) === undefined && measure.column.header !== ''
  const alike = others.filter((other) => unclassed(other) && !isSecondary(other.column.header))
  if (!unclassed(best) || alike.length < 2) return []
  const sizes = [best, ...alike].map(({ column }) => sizeOf(column)).filter(Number.isFinite)
  const total = wholeOf([best, ...alike])
  if (total && total !== best) return alike.filter((other) => other !== total)
  // Marks have a decimal, absences beside them none.
  const areMarks = (best.column.decimals ?? 0) > 0
  const apart = alike.filter(
    ({ column }) =>
      isWhole(column) && !isWhole(best.column) && (namesAbsences(column.header) || (areMarks && !column.decimals)),
  )
  if (apart.length > 0 && apart.length < alike.length) return alike.filter((other) => !apart.includes(other))
  const whole = [best, ...alike].filter(({ column }) => isWhole(column)).length
  // Whole numbers beside fractions are of another kind, unless one of many happens to be whole.
  const mixed = whole > 0 && whole < alike.length + 1 && Math.max(...sizes) > UNRELATED_RATIO * Math.min(...sizes)
  return !mixed && Math.max(...sizes) <= SIBLING_RATIO * Math.min(...sizes) ? alike : []
}

const namesAbsences = (header: string) => /\b(faltas|ausencias|absences|days absent)\b/.test(fold(header))

const isWhole = ({ values }: NumberColumn) => values.every((value) => value === null || Number.isInteger(value))

/** The candidates whose names share most words with the best one's. */
function closest(best: Measure, candidates: Measure[]): Measure[] {
  const likeness = (other: Measure) => sharedWords(best.column.header, other.column.header).length
  const most = Math.max(0, ...candidates.map(likeness))
  const alike = most === 0 ? candidates : candidates.filter((other) => likeness(other) === most)
  return alike.length < 4 || most > 0 ? alike : []
}

function goTogether(best: Measure, other: Measure, method: 'each' | 'grouped'): boolean {
  const name = fold(other.column.header)
  const limit =
    (areRelated(best, other) && /\b(min|max|minim[oa]|maxim[oa])\b/.test(name)) ||
    /^(min|max|minim[oa]|maxim[oa]|minimum|maximum)\.?$/.test(name)
  if (other.score < 2 && !limit) return false
  const ratio = sizeOf(best.column) / sizeOf(other.column)
  const apart = Math.max(ratio, 1 / ratio)
  const [a, b] = [classOf(best.column.header), classOf(other.column.header)]
  if (method === 'each' && isCostAndPrice(best, other)) return apart <= RELATED_RATIO
  if ((other.method !== best.method && !(limit && method === 'each')) || (a && b && a !== b)) return false
  if (areRelated(best, other) || limit) return apart <= RELATED_RATIO
  // Of what kind a name such as `Open` is, nobody knows; an age or a price is of another.
  if ([a, b].some((one) => one !== undefined && one !== 'amount' && one !== 'count') && a !== b) return false
  return method === 'each' ? apart <= UNRELATED_RATIO : false
}

/** Two sides of one thing. */
const PAIRS = [
  [/\b(debitos?|debits?)\b/, /\b(creditos?|credits?)\b/],
  [/\b(entradas?|receitas?|income|in|inflows?)\b/, /\b(saidas?|despesas?|expenses?|out|outflows?)\b/],
  [/\b(proventos?|vencimentos?|earnings?)\b/, /\b(descontos?|deductions?)\b/],
  [/\b(ganhos?|lucros?|gains?|profits?)\b/, /\b(perdas?|prejuizos?|loss(es)?)\b/],
  [/\b(admiss(ao|oes)|hired|hires)\b/, /\b(demiss(ao|oes)|desligamentos?|left|leavers)\b/],
  [/\b(presentes?|presencas?|present)\b/, /\b(ausentes?|ausencias?|faltas?|absent)\b/],
  [/\b(aprovad[oa]s?|approved|passed)\b/, /\b(reprovad[oa]s?|rejected|failed)\b/],
  [/\b(mulheres|feminino|women|female|girls|meninas)\b/, /\b(homens|masculino|men|male|boys|meninos)\b/],
  [/^(sim|yes)$/, /^(nao|no)$/],
  [/\b(abert[oa]s?|open|opened)\b/, /\b(fechad[oa]s?|encerrad[oa]s?|closed)\b/],
  [/\b(compras?|purchases?|bought)\b/, /\b(vendas?|sales|sold)\b/],
  [/\b(ganh[oa]s?|vitorias?|wins?|won)\b/, /\b(perdid[oa]s?|derrotas?|loss(es)?|lost)\b/],
] as const

/** Both sides of a flow, where the best measure is one of them or what is left of them. */
function inAndOut(measures: Measure[]): Measure[] {
  const [best] = measures
  for (const one of measures)
    for (const other of measures)
      if (isPair(one, other) && (best === one || best === other || isBalance(best!))) return [one, other]
  return []
}

const isBalance = ({ column }: Measure) => /\b(saldo|resultado|balance|net|profit|lucro)\b/.test(fold(column.header))

function isPair(a: Measure, b: Measure): boolean {
  if (Math.abs(a.column.index - b.column.index) === 1 && isEither(a.column.values, b.column.values)) return true
  const [one, other] = [fold(a.column.header), fold(b.column.header)]
  return PAIRS.some(([x, y]) => (x.test(one) && y.test(other)) || (y.test(one) && x.test(other)))
}

/** Each row has a value in one of two neighbours, or they are the parts of one number, the same in every row. */
function isEither(a: (number | null)[], b: (number | null)[]): boolean {
  const filled = a.flatMap((value, row) => (value === null && b[row] === null ? [] : [row]))
  const alone = filled.filter((row) => a[row] === null || b[row] === null)
  if (filled.length >= 4 && alone.length >= filled.length * 0.9)
    return alone.some((row) => a[row] !== null) && alone.some((row) => b[row] !== null)
  const sums = new Set(filled.map((row) => a[row]! + b[row]!))
  return filled.length >= 4 && alone.length === 0 && sums.size === 1 && new Set(a).size > 1
}

/** `Diferença`, right of the two larger columns that it tells apart. */
function isDifference(column: NumberColumn, among: Measure[]): boolean {
  const larger = among.filter(({ column: { index } }) => index < column.index).map((one) => one.column)
  if (column.values.length < 3 || larger.length > 12) return false
  const isLarger = (other: NumberColumn) => sizeOf(other) > sizeOf(column)
  return larger.some((a) =>
    larger.some((b) => a !== b && isLarger(a) && isLarger(b) && subtracts(column.values, a.values, b.values)),
  )
}

function subtracts(difference: (number | null)[], a: (number | null)[], b: (number | null)[]): boolean {
  return difference.every(
    (value, row) => value !== null && a[row] != null && b[row] != null && Math.abs(a[row] - b[row] - value) < 1e-6,
  )
}

function isCostAndPrice(a: Measure, b: Measure): boolean {
  const [one, other] = [fold(a.column.header), fold(b.column.header)]
  const cost = /^(custo|cost)\b/
  const price = /^(preco|price|venda|valor de venda|selling price)\b/
  return (cost.test(one) && price.test(other)) || (price.test(one) && cost.test(other))
}

function areRelated(a: Measure, b: Measure): boolean {
  return sharedWords(a.column.header, b.column.header).length > 0
}

function sameUnit(a: NumberColumn, b: NumberColumn): boolean {
  const [below, besides] = [a.header_path?.at(-1), b.header_path?.at(-1)]
  if (below && besides && below !== besides && [below, besides].some(isInstrumentUnit)) return false
  const [one, other] = [a, b].map(
    ({ header, header_path }) => header_path?.map(groupUnit).find((unit) => unit !== undefined) ?? unitIn(header),
  )
  if (one !== undefined && other !== undefined && one !== other) return false
  if (a.unit.kind !== b.unit.kind) return false
  if (a.unit.kind === 'money' && b.unit.kind === 'money') return a.unit.currency === b.unit.currency
  return true
}

/** `t` of `Produção (t)`, `dias` of `Dias de chuva`; `(a)` and `(b - c)` refer to columns. */
const unitIn = (header: string) =>
  (
    /\((?!\d+\))(?![a-e]([-+/][a-e])*\))([^()]{1,8})\)\s*$/.exec(header) ??
    /^(dias|days|horas|hours|meses|months)\s/i.exec(header)
  )
    ?.at(-1)
    ?.toLowerCase()

/** `Hectares` of `Área plantada (Hectares)` above its years. */
const groupUnit = (header: string) => /[^\s(]\s*\(([^()\d]{1,12})\)$/.exec(header)?.[1]?.toLowerCase()

const sizes = new WeakMap<NumberColumn, number>()

/** Typical size: the mean of what is not zero. Every column is compared with every other. */
function sizeOf(column: NumberColumn): number {
  let size = sizes.get(column)
  if (size === undefined) sizes.set(column, (size = meanSize(column.values)))
  return size
}

function meanSize(values: (number | null)[]): number {
  let sum = 0
  let count = 0
  for (const value of values) {
    if (value === null || value === 0) continue
    sum += Math.abs(value)
    count++
  }
  return count === 0 ? Number.NaN : sum / count
}

/** `Sessions_lower` and `Sessions_upper` beside `Sessions`: the range around it. */
export function findBand(best: Measure, kinds: ColumnKinds): { lower: NumberColumn; upper: NumberColumn } | undefined {
  const name = fold(best.column.header)
  if (name === '') return undefined
  const find = (words: string[]) =>
    kinds.measures.find(({ column }) =>
      words.some((word) => [`${name} ${word}`, `${word} ${name}`].includes(fold(column.header))),
    )?.column
  const lower = find(['lower', 'min', 'minimo', 'low', 'inferior', 'limite inferior'])
  const upper = find(['upper', 'max', 'maximo', 'high', 'superior', 'limite superior'])
  return lower && upper ? { lower, upper } : undefined
}
