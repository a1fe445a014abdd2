/** Labels with an order of their own, which a chart must keep: months, weekdays, quarters, years, ages, weeks. */
import { monthOf } from './read-date.ts'
import { SCALE_RANKS } from './scales.ts'

const WEEKDAYS = new Map(
  [
    ['seg', 'segunda', 'mon', 'monday', 'lunes', 'montag', 'mo'],
    ['ter', 'terca', 'tue', 'tues', 'tuesday', 'martes', 'dienstag', 'di'],
    ['qua', 'quarta', 'wed', 'wednesday', 'miercoles', 'mittwoch', 'mi'],
    ['qui', 'quinta', 'thu', 'thur', 'thurs', 'thursday', 'jueves', 'donnerstag', 'do'],
    ['sex', 'sexta', 'fri', 'friday', 'viernes', 'freitag', 'fr'],
    ['sab', 'sabado', 'sat', 'saturday', 'samstag', 'sa', 'sonnabend'],
    ['dom', 'domingo', 'sun', 'sunday', 'sonntag', 'so'],
  ].flatMap((names, at) => names.map((name) => [name, at + 1] as const)),
)

/** Labels have single blanks. */
const QUARTER =
  /^(?:([1-4])\s?[ºo°]?\s?(?:t|q|tri|trim|trimestre|quarter)\.?|(?:t|q|tri|quarter|trimestre)\s*([1-4]))$/i
const HALF = /^([12])\s?[ºo°]?\s?(?:s|sem|semestre)\.?$/i
const STEP =
  /^(?:semana|week|wk|dia|day|m[eê]s|month|ano|year|etapa|fase|phase|step|n[ií]vel|level|sprint|hora|hour|safra|fy|exerc[ií]cio|temporada|season)\s*(?:n?[º°.]\s*)?(\d{1,4})$/i
const NUMBERED_STEP = /^(\d{1,2})\s?[ªºao°]?\s?(?:semana|week|dia|day|m[eê]s|month|etapa|fase|bimestre|ano)$/i
const RANGE =
  /^(?:de\s+)?(\d+)(?:\s*(?:-|–|—|a|até|to)\s*\d+|\s*\+|\s*ou mais|\s*e mais)(?:\s*(?:anos|years|dias|days))?$/i
const BELOW = /^(?:<|até|menos de|under|below|up to)\s*(\d+)/i
const ABOVE = /^(?:>=?|acima de|mais de|over|above)\s*(\d+)/i
const HOUR = /^(\d{1,2})\s*(?:h|:(?=\d\d))(\d\d)?(?::(\d\d))?$/i
/** `08:00-09:00`, `8h às 9h`. */
const UNTIL_HOUR = /\s?(?:-|–|a|às|to|bis)\s?\d{1,2}\s?(?:h|:\d\d)(?:\d\d)?$/i
const HALF_DAY = /^(\d{1,2})(?::(\d\d))?\s?([ap])\.?\s?m\.?$/i

/** `1º sem 2022`, `2022.1`, `1S2022`, `1/2022`: term and year. */
const HALF_OF_YEAR = /^([12])\s?[ºo°]?\s?(?:s|sem|semestre|half)\.?\s?(?:de\s)?[/-]?\s?((?:19|20)\d\d)$/i
const YEAR_AND_PART = /^((?:19|20)\d\d)\s?[./-]\s?(?:s|h|q|t)?([1-4])$/i
const ISO_WEEK = /^((?:19|20)\d\d)\s?[-/]?\s?(?:w|s|sem|semana|week)\s?(\d{1,2})$/i
const WEEK_OF_YEAR = /^(?:w|s|sem|semana|week|kw|cw)\.?\s?(\d{1,2})(?:\s?[/-]\s?((?:19|20)\d\d))?$/i
/** `2004/05`: a harvest, a season, a fiscal year. */
const TWO_YEARS = /^(?:safra|fy|temporada|season)?\s?((?:19|20)\d\d)\s?[/–-]\s?(?:(?:19|20)?\d\d)$/i
const MOVING = /^([a-zç]{3})[-–/]([a-zç]{3})[-–/]([a-zç]{3})\.?[\s/-]?(?:de\s)?((?:19|20)?\d\d)?$/i
/** Numbers of a band: `R$ 1.001`, `10,5`, `5 mil`. */
const AMOUNT = String.raw`(?:r\$|us\$|\$|€)?\s?(\d[\d.,]*)(?:\s?(?:mil|k|sm|salários?|anos|years|dias|days|kg|km|m²|horas|hours|%))*`
const BAND = new RegExp(
  String.raw`^(?:de|entre|from|between|mais de|over)?\s?${AMOUNT}\s?(?:-|–|—|a|até|ate|e|to|and)\s?${AMOUNT}$`,
  'i',
)
const BAND_BELOW = new RegExp(
  String.raw`^(?:<=?|até|ate|menos de|abaixo de|under|below|up to|less than)\s?${AMOUNT}$`,
  'i',
)
const BAND_ABOVE = new RegExp(
  String.raw`^(?:>=?|acima de|mais de|a partir de|over|above|more than|from)\s?${AMOUNT}$|^${AMOUNT}\s?(?:\+|ou mais|e mais|or more|and over)$`,
  'i',
)

type Rank = (label: string) => number | undefined

/** The families of labels that tell time. */
const TIMES: Rank[] = [
  (label) => monthOf(label),
  (label) => WEEKDAYS.get(plain(label).replace(/[-\s]feira$|\.$/g, '')),
  (label) => number(QUARTER.exec(label)),
  (label) => number(HALF.exec(label)),
  (label) => number(STEP.exec(label)) ?? number(NUMBERED_STEP.exec(label)),
  (label) => inYear(HALF_OF_YEAR.exec(label), 2, 1) ?? inYear(YEAR_AND_PART.exec(label), 1, 2),
  (label) => inYear(ISO_WEEK.exec(label), 1, 2),
  (label) => inYear(WEEK_OF_YEAR.exec(label), 2, 1),
  (label) => number(TWO_YEARS.exec(label)),
  (label) => movingQuarter(label),
  (label) => timeOfDay(label),
]

/** `012-045`, `118-030`: no band has a zero in front of two digits, or ends where it began. */
function isCode(label: string): boolean {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(label) ?? []
  return from !== undefined && (/^0\d\d/.test(from) || Number(to) <= Number(from))
}

const OTHERS: Rank[] = [
  (label) => {
    if (isCode(label)) return undefined
    const below = number(BELOW.exec(label))
    if (below !== undefined) return below - 0.5
    const above = number(ABOVE.exec(label))
    return above !== undefined ? above + 0.5 : number(RANGE.exec(label))
  },
  (label) => {
    if (isCode(label)) return undefined
    const below = amount(BAND_BELOW.exec(label))
    if (below !== undefined) return below - 0.5
    const above = amount(BAND_ABOVE.exec(label))
    return above !== undefined ? above + 0.5 : amount(BAND.exec(label))
  },
  // `1. Contato`, `2. Proposta`.
  (label) => number(/^(\d{1,2})(?:[.)]| [-–]) ?\p{L}/u.exec(label)),
  (label) => (/^-?\d+([.,]\d+)?$/.test(label) ? Number(label.replace(',', '.')) : undefined),
  ...SCALE_RANKS.map((rank) => (label: string) => rank(plain(label))),
]

const plain = (label: string) =>
  label
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/-/g, ' ')
    .toLowerCase()
    .trim()

function inYear(found: RegExpExecArray | null, year: number, part: number): number | undefined {
  return found ? Number(found[year] ?? 0) * 100 + Number(found[part]) : undefined
}

/** `nov-dez-jan 2024` by its last month, whose year it is; without a year by its first. */
function movingQuarter(label: string): number | undefined {
  const found = MOVING.exec(label)
  const months = found?.slice(1, 4).map((name) => monthOf(name))
  if (!found || !months || months.includes(undefined)) return undefined
  return found[4] === undefined ? months[0] : Number(found[4]) * 12 + months[2]!
}

/** In hours: `08:30`, `8h`, `8:30 PM`. */
function timeOfDay(label: string): number | undefined {
  const half = HALF_DAY.exec(label)
  if (half) return (Number(half[1]) % 12) + Number(half[2] ?? 0) / 60 + (/p/i.test(half[3]!) ? 12 : 0)
  const [, hour, minutes = 0, seconds = 0] = HOUR.exec(label.replace(UNTIL_HOUR, '')) ?? []
  return hour === undefined ? undefined : Number(hour) + Number(minutes) / 60 + Number(seconds) / 3600
}

/** `1.000` is a thousand in a band, `1,5` one and a half. */
function amount(found: RegExpExecArray | null): number | undefined {
  const written = found?.slice(1).find((group) => group !== undefined)
  if (written === undefined) return undefined
  return Number(
    written
      .replace(/[.,](?=\d{3}(\D|$))/g, '')
      .replace(',', '.')
      .replace(/[.,]$/, ''),
  )
}

/** `2004/05`, `2005/06`: seasons, which could be read as May 2004 and June 2005. */
export function areSeasons(texts: string[]): boolean {
  return (
    texts.length > 1 &&
    texts.every((text) => {
      const years = /^(?:19|20)(\d\d)[/-](\d\d)$/.exec(text)
      return years !== null && Number(years[2]) === (Number(years[1]) + 1) % 100
    })
  )
}

/** The same for labels that tell time only: these are periods when they stand side by side. */
export function timeRanksOf(labels: string[]): Map<string, number> | undefined {
  return ranksIn(TIMES, labels)
}

/** Indexes of those labels that tell time in the way in which most of them do. */
export function largestTimeFamily(labels: string[]): number[] {
  const families = TIMES.map((rank) => labels.flatMap((label, at) => (rank(label.trim()) === undefined ? [] : [at])))
  return families.reduce((most, family) => (family.length > most.length ? family : most), [])
}

/** A rank for each label when all of them belong to one ordered family; undefined when they are only names. */
export function ranksOf(labels: string[]): Map<string, number> | undefined {
  return ranksIn([...TIMES, ...OTHERS], labels)
}

function ranksIn(families: Rank[], labels: string[]): Map<string, number> | undefined {
  if (labels.length < 2) return undefined
  for (const rank of families) {
    const ranks = ranksBy(rank, labels)
    if (ranks) return ranks
  }
  return undefined
}

function ranksBy(rank: Rank, labels: string[]): Map<string, number> | undefined {
  const ranks = new Map<string, number>()
  for (const label of labels) {
    const value = rank(label.trim())
    if (value === undefined) return undefined
    ranks.set(label, value)
  }
  return ranks
}

function number(found: RegExpExecArray | null): number | undefined {
  const digits = found?.slice(1).find((group) => group !== undefined)
  return digits === undefined ? undefined : Number(digits)
}
