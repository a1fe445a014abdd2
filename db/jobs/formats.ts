/** The formats of text that a schema outside the API may ask for. */
type Check = (text: string) => boolean

const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const FORMATS = new Map<string, Check>([
  ['date', isDate],
  ['date-time', (text) => DATE_TIME.test(text) && isDate(text.slice(0, 10)) && !Number.isNaN(Date.parse(text))],
  ['uuid', (text) => UUID.test(text)],
  ['email', (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)],
  ['uri', (text) => URL.canParse(text)],
])

/** Makes them known to TypeBox. Those that the API's framework has registered stay as they are. */
export async function registerFormats(): Promise<void> {
  const { FormatRegistry } = await import('@sinclair/typebox')
  for (const [name, check] of FORMATS) if (!FormatRegistry.Has(name)) FormatRegistry.Set(name, check)
}

/** One that the calendar has: no 30 February. */
function isDate(text: string): boolean {
  return DATE.test(text) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text)
}
