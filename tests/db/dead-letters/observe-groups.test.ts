/** What people are told of groups of dead letters, and that it is over by itself. */
import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { commandLineActor } from '../../../db/audit/audit.ts'
import { purgeLetters, restoreLetters } from '../../../db/dead-letters/bin.ts'
import { storeLetters } from '../../../db/dead-letters/letters.ts'
import { observeGroups } from '../../../db/dead-letters/observe-groups.ts'
import { ordersLetters } from '../../../db/orders/letter-source.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'

setDefaultTimeout(60_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
beforeEach(async () => void (await database.sql`truncate letters, letter_group_alerts, alerts cascade`))
afterAll(() => database.close())

/** So many letters, each of a group of its own where `cause` names one. */
async function die(count: number, causeOf: (n: number) => string, reason = 'invalid'): Promise<void> {
  const message = { source: 'orders', replay: 0, origin: 'a', body: new Uint8Array([1]), headers: {}, attempts: 1 }
  const deaths = Array.from({ length: count }, (_, n) => {
    const message_id = crypto.randomUUID()
    return { ...message, message_id, step: 'decode', reason, detail: causeOf(n), death: `orders/${message_id}` }
  })
  await storeLetters(database.sql, deaths)
}
const look = (limit = 100) => observeGroups(database.sql, () => limit)
const alerts = () => database.sql<{ rule: string; subject: string; state: string; detail: any }[]>`
  select rule, subject, state, detail from alerts order by rule, opened_at, subject`
const told = async () => (await alerts()).map(({ rule, subject, state }) => `${rule} ${subject} ${state}`)
const lettersOf = async (like = '%') =>
  (await database.sql<{ id: string }[]>`select id from letters where cause like ${like}`).map(({ id }) => id)
const move = (ids: string[]) => ({ sources: [ordersLetters], filter: { ids } })
const purge = async (like?: string) => purgeLetters(database.sql, move(await lettersOf(like)), commandLineActor())

test('a new group is told once, with a link to it, and is over when it was purged; when it is back, it is told again', async () => {
  await die(3, () => 'The price is not one.')
  await look()
  await look()
  await die(1, () => 'The price is not one.')
  await look()
  const [{ group_id }] = await database.sql<[{ group_id: string }]>`select group_id from letters limit 1`
  const subject = `orders/invalid/${group_id.slice(0, 8)}`
  const [alert, ...others] = await alerts()
  expect(others).toEqual([])
  expect(alert).toMatchObject({ rule: 'DEAD_LETTERS_NEW', subject, state: 'firing' })
  expect(alert!.detail).toMatchObject({
    en: 'Dead letters of orders: 3. Step decode, reason invalid: “The price is not one.”',
    path: `/dead-letters?group=${group_id}`,
  })
  const ids = await lettersOf()
  await purge()
  await look()
  expect(await told()).toEqual([`DEAD_LETTERS_NEW ${subject} resolved`])
  await restoreLetters(database.sql, move(ids), commandLineActor())
  await look()
  expect(await told()).toEqual([`DEAD_LETTERS_NEW ${subject} resolved`, `DEAD_LETTERS_NEW ${subject} firing`])
})

const WORDS = 'abcdefghijklmnopqrstuvwxyz'
const kind = (n: number) => `Kind ${WORDS[n % 26]}${WORDS[Math.floor(n / 26)]}.`

test('50 groups at once are one alert, which is over with the last of them; one that comes later is told alone', async () => {
  await die(50, kind)
  await look()
  const [many] = await alerts()
  expect(await told()).toEqual([`DEAD_LETTERS_NEW ${many!.subject} firing`])
  expect(many!.subject).toStartWith('orders/*/')
  expect(many!.detail.en).toStartWith('50 groups with 50 dead letters, the largest: orders invalid (1): “Kind ')
  expect(many!.detail.path).toBe('/dead-letters')
  await die(1, () => 'Another.')
  await look()
  expect(await told()).toHaveLength(2)
  await purge('Kind a%')
  await look()
  expect((await told()).filter((one) => one.endsWith('resolved'))).toEqual([])
  await purge('Kind %')
  await look()
  expect((await told()).filter((one) => one.endsWith('resolved'))).toEqual([
    `DEAD_LETTERS_NEW ${many!.subject} resolved`,
  ])
})

test('growth is told beyond the limit of an hour, not for what the group was new with, and is over by itself', async () => {
  await die(30, () => 'The price is not one.')
  await look(10)
  expect((await told()).map((one) => one.split(' ')[0])).toEqual(['DEAD_LETTERS_NEW'])
  await die(10, () => 'The price is not one.')
  await look(10)
  expect(await told()).toHaveLength(1)
  await die(1, () => 'The price is not one.')
  await look(10)
  await look(10)
  expect((await alerts())[0]).toMatchObject({ rule: 'DEAD_LETTERS_GROW', state: 'firing' })
  await database.sql`update letters set died_at = died_at - interval '61 minutes'`
  for (let i = 0; i < 4; i++) await look(10)
  expect((await told()).map((one) => one.replace(/ .* /, ' '))).toEqual([
    'DEAD_LETTERS_GROW resolved',
    'DEAD_LETTERS_NEW firing',
  ])
})

test('many groups that grow at once are one alert', async () => {
  await die(20, kind)
  await look(5)
  for (let i = 0; i < 6; i++) await die(20, kind)
  await look(5)
  await look(5)
  const growing = (await alerts()).filter(({ rule }) => rule === 'DEAD_LETTERS_GROW')
  expect(growing).toMatchObject([{ subject: '*', state: 'firing' }])
  expect(growing[0]!.detail.en).toStartWith('20 groups with 120 dead letters')
  await purge()
  for (let i = 0; i < 4; i++) await look(5)
  expect((await told()).every((one) => one.endsWith('resolved'))).toBe(true)
})
