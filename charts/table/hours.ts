/**
 * Columns of clock values are durations, which are measured in hours, or times of day, which are labels. The format or the header
 * says which; where neither does, the values do.
 */
import type { Cell } from '../../lib/spreadsheet/cells.ts'
import { clockOf, timeOfDay, type Clock } from './clock.ts'
import { fold } from './code-words.ts'
import type { Column, NumberColumn, TextColumn } from './table.ts'

type Cells = (Cell | undefined)[]

/** `is_first`: of several columns of a table. `valueOf`: of a number of hours without minutes. */
export function clockColumn(
  cells: Cells,
  { index, header }: Pick<Column, 'index' | 'header'>,
  is_first: boolean,
  valueOf: (cell: Cell) => number | null,
): NumberColumn | TextColumn {
  const clocks = cells.map(clockOf)
  const known = clocks.filter((clock) => clock !== undefined)
  const formats = cells.flatMap((cell, at) => (clocks[at] ? [cell!.format] : []))
  if (areTimesOfDay(known, header, formats, is_first)) {
    const values = cells.map((cell, at) => {
      if (!cell) return null
      if (cell.format.kind === 'text' || cell.format.kind === 'number') return String(cell.value)
      return clocks[at] ? timeOfDay(clocks[at].hours) : null
    })
    return { kind: 'text', index, header, values, clock: true }
  }
  const scale = areMinutes(known, header, formats) ? 1 / 60 : 1
  const values = cells.map((cell, at) => {
    const clock = clocks[at]
    if (!clock) return cell ? valueOf(cell) : null
    // A time of day comes as a fraction that was rounded to a millisecond.
    return Math.round(clock.hours * 3600 * (clock.minutes ? 1 : scale)) / 3600
  })
  const has_seconds = scale !== 1 || values.some((value) => value !== null && Math.round(value * 3600) % 60 !== 0)
  return {
    kind: 'number',
    index,
    header,
    values,
    unit: { kind: 'hours', ...(has_seconds ? { seconds: true } : {}) },
    decimals: undefined,
  }
}

/** `Espera`, `Horas extras`, `Atraso na entrada`, `Início da jornada`: the first word that tells. */
const TELLING =
  /\b(?:(hora|horarios?|inicio|termino|fim|entrada|saida|chegada|partida|abertura|fechamento|agendad[oa]|agendamento|login|logout|start|begins?|ends?|arrival|departure|opens?|opening|closes?|closing|clock|check ?(?:in|out)|time (?:in|out|of day))|(horas|hours?|hrs?|h|duracao|duration|tempo|jornada|espera|wait(?:ing)?|atraso|delay|pace|ritmo|extras?|saldo|banco|balance|total|medi[ao]|average|avg|mean|paradas?|downtime|uptime|trabalhad[ao]s?|worked|overtime|spent|elapsed|tma|tme|tmo|tmr|aht|asa|pausas?|intervalos?|breaks?|travel|response|resolution|handl(?:e|ing)|talk|hold|lap|mttr|mtbf))\b/g

/** Undefined where no word tells. */
function saysTimeOfDay(header: string): boolean | undefined {
  const text = fold(header)
  if (/\bhora (extra|trabalhada|aula|media|normal|noturna|diurna)|\btime (to|until)\b|\bfim de semana\b/.test(text))
    return false
  if (/^(intervalo|pausa|jornada|turno|shift|break)\b.*\b(inicio|fim|termino|start|end)$/.test(text)) return true
  if (/^(from|to|ate)$/.test(text)) return true
  const [first] = text.matchAll(TELLING)
  return first && first[1] !== undefined
}

/** Nobody waits, works or speaks as long as from the early morning on. */
const EARLY = 5
const AFTERNOON = 13

function areTimesOfDay(clocks: Clock[], header: string, formats: Cell['format'][], is_first: boolean): boolean {
  if (formats.some(({ of_day }) => of_day)) return true
  const hours = clocks.map((clock) => clock.hours)
  if (is_first && hours.length > 2 && hours.every((value, at) => at === 0 || value > hours[at - 1]!)) return true
  if (hours.some((value) => value < 0 || value > 24)) return false
  const said = saysTimeOfDay(header)
  if (said !== undefined || formats.some(({ kind }) => kind === 'duration')) return said ?? false
  return hours.every((value) => value >= EARLY) && hours.some((value) => value >= AFTERNOON)
}

const SHORT = /\b(tma|tme|tmo|tmr|aht|asa|pace|ritmo|handl(e|ing)|talk|hold|lap|tempo medio)\b/
const WAIT = /\b(espera|wait(ing)?|fila|queue)\b/

/** `04:32` of a call is minutes and seconds, as text or typed into a cell for hours and minutes. */
function areMinutes(clocks: Clock[], header: string, formats: Cell['format'][]): boolean {
  const text = fold(header)
  if (/\b(h|hh|horas|hours)\b/.test(text)) return false
  if (clocks.every(({ either }) => either))
    return SHORT.test(text) || WAIT.test(text) || /\(m(in|m)?(:ss?)?\)/.test(text)
  const typed = formats.every(({ kind, seconds }) => kind === 'time' && !seconds)
  return typed && SHORT.test(text) && clocks.filter(({ hours }) => hours >= 1).length * 2 > clocks.length
}

/** `Entrada | Almoço | Volta | Saída`: what rises row by row from one time of day to the next is one, too. */
export function withNeighbours(columns: Column[]): Column[] {
  const found = [...columns]
  for (let again = true; again;) {
    again = false
    for (const [at, column] of found.entries()) {
      if (column.kind !== 'number' || column.unit.kind !== 'hours' || saysTimeOfDay(column.header) !== undefined)
        continue
      const [before, after] = [hoursIn(found[at - 1]), hoursIn(found[at + 1])]
      if (!rises(before, column.values) && !rises(column.values, after)) continue
      const { index, header, header_path } = column
      const values = column.values.map((value) => (value === null ? null : timeOfDay(value)))
      found[at] = { kind: 'text', index, header, ...(header_path ? { header_path } : {}), values, clock: true }
      again = true
    }
  }
  return found
}

const hoursIn = (column: Column | undefined) =>
  column?.kind === 'text' && column.clock
    ? column.values.map((value) =>
        value === null ? null : (clockOf({ value, format: { kind: 'text' } })?.hours ?? null),
      )
    : undefined

function rises(from: (number | null)[] | undefined, to: (number | null)[] | undefined): boolean {
  if (!from || !to) return false
  const both = from.flatMap((value, row) => (value === null || to[row] == null ? [] : [to[row]! > value]))
  return both.length > 0 && both.filter(Boolean).length >= both.length * 0.9
}
