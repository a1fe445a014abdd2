/** Compares what the program would draw of a case with what a person would have drawn. */
import { Refusal } from '../../../charts/refusal.ts'
import type { SourcedPlan } from '../../../charts/plan/draft.ts'
import { summarise, type Summary } from '../../../charts/summary.ts'
import { numberTexts } from '../../../lib/chart/number-text.ts'
import { planOf } from '../../kit/make-workbook.ts'
import { buildWorkbook } from './build.ts'
import type { Case, Wanted } from './case.ts'

export interface Judgement {
  faults: string[]
  /** Of the table that was drawn. */
  range?: string
  plan?: SourcedPlan
}

export async function judge(one: Case): Promise<Judgement> {
  const path = await buildWorkbook(one)
  const file = one.file === undefined ? path : await renamed(path, one.file)
  const ended = await planOf(file, one.locale).catch((err: unknown) => err)
  const { wants } = one
  if (!isPlan(ended)) {
    const code = ended instanceof Refusal ? ended.code : String(ended)
    return { faults: 'refused' in wants && wants.refused === code ? [] : [`ended with ${code}`] }
  }
  if ('refused' in wants) return { faults: [`drawn: ${sketch(ended, one)}`], plan: ended }
  const faults = [wants]
    .flat()
    .map((wanted) => [...compare(ended, wanted, one)])
    .reduce((a, b) => (b.length < a.length ? b : a))
  return {
    faults: faults.length === 0 ? [] : [...faults, `drawn: ${sketch(ended, one)}`],
    range: ended.source.range,
    plan: ended,
  }
}

const isPlan = (ended: unknown): ended is SourcedPlan =>
  typeof ended === 'object' && ended !== null && 'points' in ended

async function renamed(path: string, name: string): Promise<string> {
  const to = path.replace(/[^/]*$/, name)
  await Bun.write(to, Bun.file(path))
  return to
}

function* compare(plan: SourcedPlan, wants: Wanted, one: Case): Generator<string> {
  const summary = summarise(plan, one.locale ?? 'pt-BR')
  const names = plan.series.map(({ name }) => name)
  if (wants.chart && wants.chart !== plan.shape) yield `chart is ${plan.shape}`
  if (wants.label && ![wants.label].flat().includes(summary.label_column)) yield `label is ${summary.label_column}`
  if (wants.sheet && wants.sheet !== summary.sheet) yield `sheet is ${summary.sheet}`
  if (wants.method && wants.method !== summary.method) yield `method is ${summary.method}`
  if (wants.points && wants.points !== plan.points.length) yield `${plan.points.length} points`
  const cells = plan.series.flatMap(({ values }) => values).filter((value) => value !== null).length
  if (wants.cells && wants.cells !== cells) yield `${cells} values`
  if (wants.series && !sameSet(wants.series, names)) yield `series are ${names.join(', ')}`
  const order = wants.series && sameSet(wants.series, names) ? wants.series : names
  if (wants.first && !samePoint(wants.first, summary.first, order)) yield 'other first point'
  if (wants.last && !samePoint(wants.last, summary.last, order)) yield 'other last point'
  const texts = [...plan.points.map(({ label }) => label), ...names].join(' ')
  for (const text of wants.texts ?? []) if (!texts.includes(text)) yield `lacks ${text}`
  const told = (summary as Summary & { left_out?: string[] }).left_out ?? []
  for (const name of wants.left_out ?? [])
    if (!plan.subtitle.includes(name) || !told.join(' ').includes(name)) yield `does not name ${name}`
  if (wants.title && !wants.title.test(plan.title)) yield `title is ${plan.title}`
  if (wants.not_title?.test(plan.title)) yield `title is ${plan.title}`
  const { unit } = plan.series[0]!
  const sign = { plain: '', money: 'currency' in unit ? unit.currency : '', percent: '%', hours: 'h' }[unit.kind]
  const suffix = unit.kind === 'plain' ? (unit.suffix ?? '') : ''
  if (wants.unit !== undefined && wants.unit !== sign + suffix) yield `unit is "${sign}${suffix}"`
  if (wants.shown) yield* missing(wants.shown, plan, one)
}

function* missing(shown: string[], plan: SourcedPlan, one: Case): Generator<string> {
  const values = plan.series[0]!.values.filter((value) => value !== null)
  const largest = Math.max(...values)
  const texts = numberTexts(one.locale ?? 'pt-BR', plan.series[0]!.unit, largest, largest / 5)
  const written = values.map((value) => texts.label(value).replace(/\s/g, ' '))
  for (const text of shown) if (!written.includes(text)) yield `writes ${written.join(', ')}`
}

const sameSet = (a: string[], b: string[]) => a.toSorted().join('\0') === b.toSorted().join('\0')

function samePoint(wanted: (string | number | null)[], { label, values }: Summary['first'], order: string[]): boolean {
  const [name, ...numbers] = wanted
  const drawn = numbers.map((_, at) => values[order[at]!] ?? null)
  return (
    name === label &&
    numbers.every((number, at) => number === drawn[at] || Math.abs(Number(number) - Number(drawn[at])) < 1e-9)
  )
}

/** One line for whoever reads a failure. */
function sketch(plan: SourcedPlan, one: Case): string {
  const { label_column, method, first, last } = summarise(plan, one.locale ?? 'pt-BR')
  const point = (of: Summary['first']) => `${of.label} ${JSON.stringify(of.values)}`
  return `${plan.shape} "${plan.title}" (${plan.subtitle}) by ${label_column}, ${method}, ${plan.points.length} × ${plan.series.map(({ name }) => name).join('/')}, ${point(first)} … ${point(last)}`
}
