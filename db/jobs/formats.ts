/** The formats of text that the schema of a conf may ask for. */
import { isCalendarDay, isTimestamp } from '../../lib/calendar.ts'
import { isEmail } from '../../lib/email.ts'

type Check = (text: string) => boolean

const DATE = /^\d{4}-\d\d-\d\d$/
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const FORMATS = new Map<string, Check>([
  ['date', (text) => isDate(text)],
  ['date-time', isTimestamp],
  ['uuid', (text) => UUID.test(text)],
  ['email', isEmail],
  ['uri', (text) => URL.canParse(text)],
])

/** Makes them known to TypeBox. Those that the API's framework has registered stay as they are. */
export async function registerFormats(): Promise<void> {
  const { FormatRegistry } = await import('@sinclair/typebox')
  for (const [name, check] of FORMATS) if (!FormatRegistry.Has(name)) FormatRegistry.Set(name, check)
}

const isDate = (text: string) => DATE.test(text) && isCalendarDay(text)
