/** The fields of an item, and their values as people read them. */
import { numberIn } from '../../../../../lib/texts.ts'
import { useLocale, useSay, type Locale } from '../../languages.ts'
import { MATERIAL_NAMES, MATERIALS } from '../materials/index.ts'
import { FIELDS, TEXTS } from './texts.ts'

export { FIELDS }
export type FieldName = keyof typeof FIELDS
export const FIELD_NAMES = Object.keys(FIELDS) as FieldName[]

export const isField = (name: string): name is FieldName => Object.hasOwn(FIELDS, name)

/** A decimal as people of that language write it; as it stands, to the last digit. */
export const decimalIn = (text: string, locale: Locale): string => (locale === 'en' ? text : text.replace('.', ','))

const DECIMALS: ReadonlySet<FieldName> = new Set([
  'length_mm',
  'width_mm',
  'height_mm',
  'weight_g',
  'capacity_ml',
  'unit_cost',
])
export const isDecimal = (name: FieldName): boolean => DECIMALS.has(name)

/** `valueText(name, value)`: of a value as the API has it. */
export function useValueText() {
  const say = useSay()
  const locale = useLocale()
  return (name: FieldName, value: unknown): string => {
    if (Array.isArray(value)) return value.join('; ') || '—'
    if (value === null || value === undefined || value === '') return '—'
    if (typeof value === 'boolean') return say(value ? TEXTS.yes : TEXTS.no)
    if (typeof value === 'number') return numberIn(value, locale, 4)
    const text = String(value)
    if (name === 'material') {
      const known = MATERIALS.find((one) => one === text)
      return known ? say(MATERIAL_NAMES[known]) : text
    }
    return isDecimal(name) ? decimalIn(text, locale) : text
  }
}
