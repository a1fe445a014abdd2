/** Values in words: schedules in words, the input of a run, log lines without escape sequences, devices. */
import { Type, type TSchema } from '@sinclair/typebox'
import { describe, expect, test } from 'bun:test'
import type { Locale } from '../../../lib/texts.ts'
import { join } from 'node:path'
import { withoutEscapes } from '../../../lib/readable.ts'
import { storableSchema } from '../../../db/jobs/conf-schema.ts'

const BROWSER = join(import.meta.dir, '../../../api/dashboard/browser')
/** Not by name: their types are those of a browser. */
const load = async <T>(path: string) => (await import(join(BROWSER, path))) as T

const { scheduleIn } = await load<{ scheduleIn(schedule: string, locale: string): string | null }>(
  'parts/schedule/words.ts',
)
const { deviceOf } = await load<{ deviceOf(user_agent: string | null): string | null }>('parts/device-of.ts')
const { draftOf: confDraftOf, valueOf } = await load<{
  draftOf(schema: object | null): object
  valueOf(
    schema: object | null,
    draft: object | string,
    sentences: object,
  ): { value: unknown; mistakes: Record<string, string> }
}>('parts/conf-form/conf.ts')

const { saidIn } = await load<{ saidIn(text: string, locale: string): string }>('parts/said.tsx')
const { relativeTime } = await load<{ relativeTime(away_s: number, locale: string): string }>('parts/time.tsx')
const letters = await load<{
  formattedJson(text: string): string | null
  visible(text: string): string
  bytesOf(body: { encoding: string; text: string }): Uint8Array
  hexOf(bytes: Uint8Array): string
}>('pages/dead-letter/content.ts')
const { sayIn } = await load<{ sayIn(locale: string, text: object, values: object): string }>('languages.ts')

const drafts = await load<{
  draftOf(item: object | null, locale: Locale): Record<string, string>
  itemOf(draft: object): object
  differences(one: object, other: object): string[]
  mergeOf(base: object, mine: object, theirs: object): Array<{ name: string; taken: string | undefined }>
}>('pages/item/draft.ts')

const DAY_S = 86_400

test('a name that turns the direction of writing leaves the sentence around it as it is', () => {
  const say = (name: string) => sayIn('en', { en: 'Delete {name}?', pt: 'Excluir {name}?' }, { name })
  expect(say('box')).toBe('Delete box?')
  for (const name of ['مرحبا', 'עברית', '\u202egnp.exe']) expect(say(name)).toBe(`Delete \u2068${name}\u2069?`)
})

test.each([
  ['en', 0, '0 runs'],
  ['en', 1, '1 run'],
  ['en', 2, '2 runs'],
  ['pt-BR', 0, '0 execução'],
  ['pt-BR', 1, '1 execução'],
  ['pt-BR', 2, '2 execuções'],
  ['pt-BR', 1_000_000, '1.000.000 execuções'],
] as const)('in %s, %d is counted as %s', (locale, count, text) => {
  const counted = {
    one: { en: '{count} run', pt: '{count} execução' },
    other: { en: '{count} runs', pt: '{count} execuções' },
  }
  expect(sayIn(locale, counted, { count })).toBe(text)
})

test.each([
  [-60 * DAY_S, '60 days ago', 'há 60 dias'],
  [-61 * DAY_S, '2 mo. ago', 'há 2 meses'],
  [-364.9 * DAY_S, '11 mo. ago', 'há 11 meses'],
  [-365 * DAY_S, '1 yr. ago', 'há 1 ano'],
  [-4290 * DAY_S, '11 yr. ago', 'há 11 anos'],
  [40 * DAY_S, 'in 40 days', 'em 40 dias'],
  [-DAY_S, 'yesterday', 'ontem'],
])('%d seconds away is %s', (away_s, en, pt) => {
  expect([relativeTime(away_s, 'en'), relativeTime(away_s, 'pt-BR')]).toEqual([en, pt])
})

describe('a schedule in words', () => {
  test.each([
    ['*/30 * * * *', 'a cada 30 minutos', 'every 30 minutes'],
    ['* * * * *', 'a cada minuto', 'every minute'],
    ['0 2 * * *', 'todo dia às 02:00', 'daily at 02:00 AM'],
    ['30 8 * * 1-5', 'de segunda a sexta às 08:30', 'Monday to Friday at 08:30 AM'],
    ['0 4 * * SUN', 'domingo às 04:00', 'Sunday at 04:00 AM'],
    ['0 4 * * 7', 'domingo às 04:00', 'Sunday at 04:00 AM'],
    ['15 3 1 * *', 'no dia 1 de cada mês às 03:15', 'on day 1 of each month at 03:15 AM'],
    ['0 */6 * * *', 'a cada 6 horas', 'every 6 hours'],
    ['5 * * * *', 'a cada hora, no minuto 05', 'every hour, at minute 05'],
    ['@hourly', 'a cada hora, no minuto 00', 'every hour, at minute 00'],
    ['@daily', 'todo dia às 00:00', 'daily at 12:00 AM'],
    ['@every 90s', 'a cada 1 min 30 s', 'every 1 min 30 s'],
  ])('%s', (schedule, pt, en) => {
    expect([scheduleIn(schedule, 'pt-BR'), scheduleIn(schedule, 'en')]).toEqual([pt, en])
  })

  test.each(['30 2,14 * * *', '*/7 * * * *', '0 0 29 2 *', '0 9 1 * 1', '10 0 2 * * *', '0 2 * * 1,3', 'nonsense', ''])(
    'is left as it is where it takes more: %s',
    (schedule) => expect(scheduleIn(schedule, 'en')).toBeNull(),
  )
})

describe('a packaging item in a form', () => {
  const { itemOf, differences, mergeOf } = drafts
  const draftOf = (of: object, locale: Locale = 'en') => drafts.draftOf(of, locale)
  const item = {
    sku: 'CX-0201',
    name: 'Caixa',
    material: 'paper',
    kind: 'box',
    length_mm: '160',
    width_mm: null,
    height_mm: null,
    weight_g: null,
    capacity_ml: null,
    unit_cost: '0.5206',
    currency: 'BRL',
    supplier: null,
    stock: 1200,
    reorder_level: 300,
    recyclable: true,
    tags: ['correio', 'leve'],
  }

  test('comes out as it went in', () => {
    expect(itemOf(draftOf(item))).toEqual(item)
    expect(itemOf(draftOf(item, 'pt-BR'))).toEqual(item)
    expect(draftOf(item, 'pt-BR').unit_cost).toBe('0,5206')
  })

  test('takes decimals with a comma, and blanks around', () => {
    const draft = { ...draftOf(item), unit_cost: ' 12,50 ', currency: 'brl', tags: ' a ;; b ', supplier: '  ' }
    expect(itemOf(draft)).toMatchObject({ unit_cost: '12.50', currency: 'BRL', tags: ['a', 'b'], supplier: null })
  })

  test('differs in the fields that are others', () => {
    expect(differences(draftOf(item), draftOf({ ...item, stock: 7, tags: [] }))).toEqual(['tags', 'stock'])
    expect(differences(draftOf(item), draftOf(item, 'pt-BR'))).toEqual([])
  })

  test('has what is no whole number as it was typed, for the API to refuse', () => {
    expect(itemOf({ ...draftOf(item), stock: '12a', reorder_level: '' })).toMatchObject({
      stock: '12a',
      reorder_level: '',
    })
  })

  test('takes from another change what was not touched here, and asks where both have changed a field', () => {
    const base = draftOf(item)
    const mine = { ...base, name: 'Mine', kind: 'mine', stock: '7' }
    const theirs = { ...base, name: 'Theirs', supplier: 'theirs', stock: '7' }
    expect(mergeOf(base, mine, theirs)).toEqual([
      { name: 'name', taken: undefined },
      { name: 'kind', taken: 'mine' },
      { name: 'supplier', taken: 'theirs' },
    ])
  })
})

describe('the input of a run', () => {
  const SENTENCES = { no_number: 'no number', no_json: 'no JSON:' }
  const schemaOf = (conf: TSchema) => (storableSchema(conf) as { json: object }).json
  const schema = schemaOf(
    Type.Object({
      name: Type.String({ default: 'world' }),
      count: Type.Optional(Type.Integer()),
      share: Type.Optional(Type.Number()),
      loud: Type.Optional(Type.Boolean()),
      kind: Type.Optional(Type.Union([Type.Literal('a'), Type.Literal(2)])),
      note: Type.Union([Type.String(), Type.Null()]),
      tags: Type.Array(Type.String(), { default: ['x'] }),
      at: Type.Optional(Type.String({ format: 'date-time' })),
      place: Type.Optional(Type.Object({ street: Type.String(), number: Type.Optional(Type.Integer()) })),
      free: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
  )
  const empty = {
    name: 'world',
    count: '',
    share: '',
    loud: '',
    kind: '',
    note: '',
    tags: ['x'],
    at: '',
    place: { street: '', number: '' },
    free: '',
  }
  const read = (draft: object) => valueOf(schema, { ...empty, ...draft }, SENTENCES)

  test('has a draft of each property, with its default', () => {
    expect(confDraftOf(schema)).toEqual(empty)
  })

  test('leaves out what is empty, and is null where only null is nothing', () => {
    expect(read({})).toEqual({ value: { name: 'world', note: null, tags: ['x'] }, mistakes: {} })
    // A list that had a default is empty because somebody emptied it.
    expect(read({ tags: [], name: '' })).toEqual({ value: { note: null, tags: [] }, mistakes: {} })
  })

  test('has the types of the schema', () => {
    const draft = { count: '3', share: '0,5', loud: 'false', kind: '1', note: 'n', place: { street: 's', number: '7' } }
    expect(read({ ...draft, free: '{"a": [1]}', at: '2026-11-30T12:00' }).value).toEqual({
      name: 'world',
      count: 3,
      share: 0.5,
      loud: false,
      kind: 2,
      note: 'n',
      tags: ['x'],
      at: new Date('2026-11-30T12:00').toISOString(),
      place: { street: 's', number: 7 },
      free: { a: [1] },
    })
  })

  test('names what is no number and no JSON by its path', () => {
    const { mistakes } = read({ count: 'x', place: { street: '', number: '1x' }, free: '{' })
    expect(mistakes).toMatchObject({ '/count': 'no number', '/place/number': 'no number' })
    expect(mistakes['/free']).toStartWith('no JSON:')
  })

  test.each([[null], [{ type: 'array', items: [{ type: 'string' }] }]])('is JSON for %j', (other) => {
    expect(valueOf(other, '{"list": [1]}', SENTENCES).value).toEqual({ list: [1] })
    expect(valueOf(other, '  ', SENTENCES).value).toBeUndefined()
    expect(valueOf(other, '{list}', SENTENCES).mistakes['']).toStartWith('no JSON:')
  })
})

describe('a log line', () => {
  test.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;a title\u0007text', 'text'],
    ['\u001b]8;;https://example.com\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u001b[2J\u001b[1;1Hcleared', 'cleared'],
    ['tab\tand\nline stay', 'tab\tand\nline stay'],
    ['bell\u0007, null\u0000, return\r', 'bell, null, return'],
    ['\u009b31mC1', '31mC1'],
    ['<b>markup</b>', '<b>markup</b>'],
  ])('%j is %j without escape sequences', (text, plain) => {
    expect(withoutEscapes(text)).toBe(plain)
  })
})

test('what was said has its times on the viewer’s clock, in the page’s language', () => {
  const at = new Date(2026, 10, 30, 14, 5, 6).toISOString()
  expect(saidIn(`No ping came by ${at}.`, 'en')).toBe('No ping came by Nov 30, 2026, 2:05:06 PM.')
  expect(saidIn(`Nenhum ping chegou até ${at}.`, 'pt-BR')).toBe('Nenhum ping chegou até 30 de nov. de 2026, 14:05:06.')
  expect(saidIn('2026-11-30 and \u001b[31mred\u001b[0m stay', 'en')).toBe('2026-11-30 and red stay')
})

describe('a device', () => {
  test.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox, Linux'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
      'Chrome, Windows',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0',
      'Edge, Windows',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
      'Safari, iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36',
      'Chrome, Android',
    ],
    ['curl/8.5.0', 'curl/8.5.0'],
    [null, null],
  ])('%p', (user_agent, device) => {
    expect(deviceOf(user_agent)).toBe(device)
  })
})

describe("a dead letter's content", () => {
  test('has a line for each value of JSON, whose numbers and texts are as they came', () => {
    const text = '{"id":9007199254740993,"price":1.20,"a":[],"o":{ },"list":[1,{"t":"a \\"{b}: [c], d"}]}'
    expect(letters.formattedJson(text)).toBe(
      [
        '{',
        '  "id": 9007199254740993,',
        '  "price": 1.20,',
        '  "a": [],',
        '  "o": {},',
        '  "list": [',
        '    1,',
        '    {',
        '      "t": "a \\"{b}: [c], d"',
        '    }',
        '  ]',
        '}',
      ].join('\n'),
    )
    expect(JSON.parse(letters.formattedJson(text)!)).toEqual(JSON.parse(text))
    for (const other of ['', '{"a":', 'not json']) expect(letters.formattedJson(other)).toBeNull()
  })

  test('hides nothing: what is not seen, and what turns the direction, is a sign', () => {
    expect(letters.visible('a\tb\r\nc \u001b[31m \u0000 \u007f \u202eexe\u200b \ufeff é 😀')).toBe(
      'a\tb\r\nc ␛[31m ␀ ␡ ⟨U+202E⟩exe⟨U+200B⟩ ⟨U+FEFF⟩ é 😀',
    )
  })

  test('is sixteen bytes a line in hex, with what is plain beside it', () => {
    const bytes = letters.bytesOf({ encoding: 'base64', text: btoa('\u0000PK é' + 'x'.repeat(12)) })
    expect(letters.hexOf(bytes)).toBe(
      [
        '00000000  00 50 4b 20 e9 78 78 78  78 78 78 78 78 78 78 78  .PK .xxxxxxxxxxx',
        '00000010  78                                                x',
      ].join('\n'),
    )
    expect(letters.hexOf(letters.bytesOf({ encoding: 'utf8', text: 'é' }))).toStartWith('00000000  c3 a9 ')
    expect(letters.hexOf(new Uint8Array())).toBe('')
  })
})
