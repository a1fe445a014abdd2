/** Events while their consumers are killed and frozen again and again. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { EVENTS_GROUP } from '../../db/events/event.ts'
import { killLeftPrograms, startProgram, until } from '../kit/program.ts'
import { badOne, reasonsOf } from './events-bad.ts'
import { input, message, openEvents, type EventsFixture } from './events-fixture.ts'

setDefaultTimeout(300_000)

const GOOD = 6000
const BAD = 60
const SKUS = ['A', 'B', 'C']

let fixture: EventsFixture
beforeAll(async () => void (fixture = await openEvents()))
beforeEach(() => fixture.empty())
afterEach(killLeftPrograms)
afterAll(() => fixture.close())

const start = () => startProgram('consumers/main.ts', ['events'], { ...fixture.env, STREAM_LEASE_S: '1' })
const countRows = async () => Number((await fixture.db.sql`select count(*) from history_rows`)[0]!.count)

async function send(): Promise<void> {
  const every = GOOD / BAD
  for (let begun = 0; begun < GOOD; begun += 1000) {
    const some = Array.from({ length: 1000 }, (_, i) => begun + i).flatMap((i) => {
      const one = message(input({ sku: SKUS[i % SKUS.length]!, quantity: i + 1 }))
      return i % every === every - 1 ? [one, badOne((i + 1) / every, one)] : [one]
    })
    await fixture.db.stream.produce('events', some)
  }
}

async function checkAll(): Promise<void> {
  const { sql, stream } = fixture.db
  await until(
    'the end of the topic',
    async () => (await stream.lag(EVENTS_GROUP, ['events'])).every(({ lag }) => lag === 0),
    120_000,
  )
  const letters = () => sql<{ reason: string }[]>`select reason from letters order by reason`
  await until('the letters', async () => (await letters()).length >= BAD, 60_000)
  expect((await letters()).map(({ reason }) => reason)).toEqual(reasonsOf(BAD, 1))
  const rows = await sql<
    { quantity: number }[]
  >`select (data->>'quantity')::int as quantity from history_rows order by 1`
  expect(rows.map(({ quantity }) => quantity)).toEqual(Array.from({ length: GOOD }, (_, i) => i + 1))
  const processed = await fixture.bodies('events.processed')
  for (const sku of SKUS) {
    const quantities = processed.filter((event) => event.sku === sku).map(({ quantity }) => quantity)
    const first_seen = [...new Set(quantities)]
    expect(first_seen).toEqual(first_seen.toSorted((a, b) => a - b))
    expect(first_seen).toHaveLength(GOOD / SKUS.length)
  }
}

test('killed at six places: each good event once in the history and in its order, each bad one is one letter', async () => {
  await send()
  for (let blow = 1; blow <= 6; blow++) {
    const program = start()
    const enough = (GOOD / 8) * blow
    await until(`${enough} rows`, async () => (await countRows()) >= enough, 60_000, program.output)
    program.kill('SIGKILL')
    await program.exited
  }
  start()
  await checkAll()
})

test('frozen for longer than its lease: another takes over, and what the first does when it wakes changes nothing', async () => {
  const first = start()
  await send()
  await until('some rows', async () => (await countRows()) > 500, 60_000, first.output)
  first.kill('SIGSTOP')
  const second = start()
  await until('all rows', async () => (await countRows()) === GOOD, 120_000, second.output)
  first.kill('SIGCONT')
  await checkAll()
})
