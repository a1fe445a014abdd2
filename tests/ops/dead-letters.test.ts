import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { commandLineActor } from '../../db/audit/audit.ts'
import { storeLetters, type Death } from '../../db/dead-letters/letters.ts'
import { deadLettersCommand } from '../../ops/dead-letters/commands.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { runToEnd } from '../kit/program.ts'
import { runHere } from '../kit/run-here.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const POLICY = { max_attempts: 5, delay_s: 0 }

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

const run = (...words: string[]) =>
  runHere(() => deadLettersCommand(words)({ sql: database.sql, actor: commandLineActor(), policy: POLICY }))
const json = async (...words: string[]) =>
  JSON.parse((await run(...words, '--json')).output) as Array<Record<string, unknown>>

const order = { origin: 'a', order_id: 1, product: 'Caixa', price: '1.97', security_check: false, required_attempts: 6 }

async function die(death: Partial<Death> = {}): Promise<string> {
  const message_id = crypto.randomUUID()
  const whole = {
    source: 'orders',
    message_id,
    replay: 0,
    origin: 'a',
    body: new TextEncoder().encode(JSON.stringify({ message_id, ...order })),
    headers: { version: '1' },
    attempts: 5,
    step: 'process',
    reason: 'attempts_spent',
    detail: 'Not done after 5 attempts; it needs 6.',
    death: `orders/${message_id}/0`,
    ...death,
  }
  await storeLetters(database.sql, [whole])
  const [row] = await database.sql<{ id: string }[]>`select id from letters where death = ${whole.death}`
  return row!.id
}

test('letters are grouped, listed, shown, purged, taken back, edited and as they were', async () => {
  const ids = [await die(), await die({ origin: 'b' })]
  const [group] = await json('groups')
  expect(group).toMatchObject({ source: 'orders', reason: 'attempts_spent', count: 2 })
  expect((await json('list', '--group', group!.id as string)).map(({ id }) => id)).toEqual(ids.toReversed())
  expect(await json('list', '--origin', 'b', '--words', 'NEEDS')).toHaveLength(1)
  const listed = await run('list', '--limit', '1')
  expect(listed.output).toContain('there are more')

  const asked = await run('purge', '--group', group!.id as string)
  expect([asked.code, asked.output]).toEqual([2, 'These are 2 letters; nothing was changed. To go on: --expected 2\n'])
  expect((await run('purge', '--group', group!.id as string, '--expected', '3')).code).toBe(1)
  expect(await json('purge', '--group', group!.id as string, '--expected', '2')).toEqual([{ purged: 2 }])
  expect(await json('list')).toEqual([])
  expect(await json('restore', ...ids)).toEqual([{ restored: 2 }])
  expect((await run('restore', ids[0]!)).output).toContain('not 1')

  const event = await die({
    source: 'events',
    body: new TextEncoder().encode('{"sku":"A","kind":"sale","quantity":1}'),
  })
  expect((await json('edit', event, 'sku=123', 'quantity=4'))[0]).toMatchObject({ sku: '123', quantity: 4 })

  const [edited] = await json('edit', ids[0]!, 'required_attempts=2')
  expect(edited).toMatchObject({ edited_from: ids[0], required_attempts: 2 })
  expect((await run('show', edited!.copy as string)).output).toMatch(/required_attempts +2\n/)
  expect(await json('undo-edit', edited!.copy as string)).toEqual([{ restored: ids[0]! }])
  for (const pair of ['required_attempts=0', 'required_attempts=x', 'price=2'])
    expect([pair, (await run('edit', ids[0]!, pair)).code]).toEqual([pair, 1])
})

test('a body gives no orders to the terminal, and is saved byte for byte', async () => {
  const body = new TextEncoder().encode('\u001b]0;title\u0007 red \u202e')
  const id = await die({ body, headers: { version: '\u001b[31mred' } })
  const { output } = await run('show', id)
  expect(output).toContain('\\u{1b}]0;title\\u{7} red \\u{202e}')
  expect(output).toContain('version: \\u{1b}[31mred')
  const path = join(temporaryFolder(), 'body')
  expect((await run('show', id, '--save', path)).code).toBe(0)
  expect(await Bun.file(path).bytes()).toEqual(body)
  expect((await run('show', id, '--save', path)).output).toContain('EEXIST')
  const broken = await die({ body: new Uint8Array([0xff]) })
  expect((await run('show', broken)).output).toContain('no UTF-8, in base64: /w==')
})

test('a replay is of the source that the letters are of, and of several it has to be said', async () => {
  const origin = 'both'
  await die({ origin, source: 'events' })
  expect(await json('replay', '--origin', origin)).toMatchObject([{ source: 'events', total: 1 }])
  await die({ origin })
  expect(await json('replay', '--origin', origin, '--source', 'orders')).toMatchObject([{ source: 'orders', total: 1 }])
  await Promise.all([die({ origin }), die({ origin, source: 'events' })])
  const { code, output } = await run('replay', '--origin', origin)
  expect([code, output]).toEqual([2, expect.stringContaining('They are of orders and events; say of which --source.')])
})

test('letters are replayed, tried without effect before, and a replay is paused, resumed and cancelled', async () => {
  const ids = [await die({ origin: 'z' }), await die({ origin: 'z', death: 'orders/unreadable/1' })]
  const dry = await run('replay', '--origin', 'z', '--dry-run')
  expect([dry.code, dry.output]).toEqual([0, expect.stringContaining('It would replay 2 letters.')])
  expect(dry.output).toContain('1 could not be read')
  const [made] = await json('replay', '--origin', 'z', '--name', 'again', '--rate', '0.5', '--canary', '1')
  expect(made).toMatchObject({ name: 'again', state: 'canary', total: 2, rate_per_s: 0.5, canary: 1 })
  const id = made!.id as string
  expect(await json('replay', ids[0]!)).toMatchObject([{ total: 0, taken: 1, state: 'done' }])
  expect((await json('pause', id))[0]).toMatchObject({ state: 'paused', unsent: 2 })
  expect((await run('replays')).output).toMatch(/again +paused: by_hand/)
  expect((await json('resume', id))[0]).toMatchObject({ state: 'canary' })
  expect((await json('cancel', id))[0]).toMatchObject({ state: 'cancelled', undone: 2 })
  expect((await json('replays', id))[0]).toMatchObject({ state: 'cancelled' })
  expect((await run('resume', id)).output).toContain('cancelled')
})

test('a replay is of one source: that of the letters that fit, and which one is asked where there are several', async () => {
  await die({ origin: 'y', source: 'people', death: 'people/y/1' })
  expect((await run('replay', '--origin', 'y', '--dry-run')).output).toContain('as they died')
  await die({ origin: 'y' })
  const { code, output } = await run('replay', '--origin', 'y', '--dry-run')
  expect([code, output]).toEqual([2, expect.stringContaining('They are of orders and people; say of which --source.')])
  expect((await run('replay', '--origin', 'y', '--source', 'orders', '--dry-run')).output).toContain('1 letter')
})

test('wrong words are refused before a database is needed', async () => {
  for (const words of [
    [],
    ['lose'],
    ['show'],
    ['show', '1'],
    ['list', '--state', 'lost'],
    ['list', '--limit', '0'],
    ['list', '--source', 'nowhere'],
    ['purge'],
    ['purge', '--group', '1'],
    ['edit', crypto.randomUUID()],
    ['edit', crypto.randomUUID(), 'x'],
    ['replay'],
    ['replay', '--all', '--rate', '0'],
    ['replay', '--all', '--name', '\u001b[31m'],
    ['replay', '--all', '--name', ' '],
    ['replay', '--all', '--canary', 'x'],
    ['pause'],
    ['replays', '1'],
  ]) {
    const { code, output } = await runHere(async () => void deadLettersCommand(words))
    expect([words, code, output.includes('Usage:')]).toEqual([words, 2, true])
  }
  const env = { DATABASE_URL: database.url, DATA_DIR: temporaryFolder() }
  const { code, output } = await runToEnd('ops/dead-letters.ts', ['show', crypto.randomUUID()], env)
  expect([code, output]).toEqual([1, expect.stringContaining('There is no dead letter')])
})
