/** Labels with an order of their own, which a chart must keep: months, weekdays, quarters, years, ages, weeks. */
import { monthOf } from './read-date.ts'

const WEEKDAYS = new Map(
  Object.entries({
    seg: 1,
    segunda: 1,
    mon: 1,
    monday: 1,
    ter: 2,
    terça: 2,
    terca: 2,
    tue: 2,
    tuesday: 2,
    qua: 3,
    quarta: 3,
    wed: 3,
    wednesday: 3,
    qui: 4,
    quinta: 4,
    thu: 4,
    thursday: 4,
    sex: 5,
    sexta: 5,
    fri: 5,
    friday: 5,
    sáb: 6,
    sab: 6,
    sábado: 6,
    sabado: 6,
    sat: 6,
    saturday: 6,
    dom: 7,
    domingo: 7,
    sun: 7,
    sunday: 7,
  }),
)

/** Labels have single blanks. */
const QUARTER =
  /^(?:([1-4])\s?[ºo°]?\s?(?:t|q|tri|trim|trimestre|quarter)\.?|(?:t|q|tri|quarter|trimestre)\s*([1-4]))$/i
const HALF = /^([12])\s?[ºo°]?\s?(?:s|sem|semestre)\.?$/i
const STEP =
  /^(?:semana|week|wk|dia|day|m[eê]s|month|ano|year|etapa|fase|phase|step|n[ií]vel|level|sprint|hora|hour|safra)\s*(?:n?[º°.]\s*)?(\d{1,4})$/i
const NUMBERED_STEP = /^(\d{1,2})\s?[ªºao°]?\s?(?:semana|week|dia|day|m[eê]s|month|etapa|fase|bimestre|ano)$/i
const RANGE =
  /^(?:de\s+)?(\d+)(?:\s*(?:-|–|—|a|até|to)\s*\d+|\s*\+|\s*ou mais|\s*e mais)(?:\s*(?:anos|years|dias|days))?$/i
const BELOW = /^(?:<|até|menos de|under|below|up to)\s*(\d+)/i
const ABOVE = /^(?:>=?|acima de|mais de|over|above)\s*(\d+)/i
const HOUR = /^(\d{1,2})\s*(?:h|:\d\d)(?:\d\d)?$/i

type Rank = (label: string) => number | undefined

const RANKS: Rank[] = [
  (label) => monthOf(label),
  (label) => WEEKDAYS.get(label.toLowerCase().replace(/[-\s]feira$|\.$/g, '')),
  (label) => number(QUARTER.exec(label)),
  (label) => number(HALF.exec(label)),
  (label) => number(STEP.exec(label)) ?? number(NUMBERED_STEP.exec(label)),
  (label) => {
    const below = number(BELOW.exec(label))
    if (below !== undefined) return below - 0.5
    const above = number(ABOVE.exec(label))
    return above !== undefined ? above + 0.5 : number(RANGE.exec(label))
  },
  (label) => number(HOUR.exec(label)),
  (label) => (/^-?\d+([.,]\d+)?$/.test(label) ? Number(label.replace(',', '.')) : undefined),
]

/** A rank for each label when all of them belong to one ordered family; undefined when they are only names. */
export function ranksOf(labels: string[]): Map<string, number> | undefined {
  if (labels.length < 2) return undefined
  for (const rank of RANKS) {
    const ranks = new Map<string, number>()
    for (const label of labels) {
      const value = rank(label.trim())
      if (value === undefined) break
      ranks.set(label, value)
    }
    if (ranks.size === new Set(labels).size) return ranks
  }
  return undefined
}

function number(found: RegExpExecArray | null): number | undefined {
  const digits = found?.slice(1).find((group) => group !== undefined)
  return digits === undefined ? undefined : Number(digits)
}
