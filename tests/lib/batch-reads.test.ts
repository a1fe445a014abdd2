import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { batchReads } from '../../lib/batch-reads.ts'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import { findLiveSessions, insertSession, revokeSession } from '../../db/users/sessions.ts'
import { insertUser } from '../../db/users/users.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

/** Answers only when it is told to; keeps what it was asked. */
function slow() {
  const asked: Array<{ questions: string[]; answer(): void; fail(err: Error): void }> = []
  return {
    asked,
    ask: (questions: string[]) =>
      new Promise<string[]>((resolve, reject) =>
        asked.push({ questions, answer: () => resolve(questions.map((q) => q.toUpperCase())), fail: reject }),
      ),
  }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('what is asked in one turn goes together, each question once', async () => {
  const { asked, ask } = slow()
  const add = batchReads(ask)
  const answers = Promise.all(['a', 'b', 'a'].map(add))
  await turn()
  expect(asked.map(({ questions }) => questions)).toEqual([['a', 'b']])
  asked[0]!.answer()
  expect(await answers).toEqual([
    ['A', 'B'],
    ['A', 'B'],
    ['A', 'B'],
  ])
})

test('whoever asks while a statement is under way gets the answer of the next one, never of that', async () => {
  const { asked, ask } = slow()
  const add = batchReads(ask, { patience_ms: 60_000 })
  const first = add('a')
  await turn()
  const [second, third] = [add('a'), add('b')]
  await turn()
  expect(asked).toHaveLength(1)
  asked[0]!.answer()
  await first
  await turn()
  expect(asked.map(({ questions }) => questions)).toEqual([['a'], ['a', 'b']])
  asked[1]!.answer()
  expect(await second).toEqual(await third)
})

test('a statement that takes long holds up nobody but those who are in it', async () => {
  const { asked, ask } = slow()
  const add = batchReads(ask, { patience_ms: 5 })
  const stuck = add('a')
  await turn()
  const next = add('b')
  while (asked.length < 2) await Bun.sleep(1)
  asked[1]!.answer()
  expect(await next).toEqual(['B'])
  // Its own answer, when it comes, starts nothing twice.
  asked[0]!.answer()
  expect(await stuck).toEqual(['A'])
  await turn()
  expect(asked).toHaveLength(2)
})

test('a failure is told to those who are in it, and the next goes on', async () => {
  const { asked, ask } = slow()
  const add = batchReads(ask)
  const failing = Promise.allSettled([add('a'), add('b')])
  await turn()
  const next = add('c')
  asked[0]!.fail(new Error('away'))
  expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  while (asked.length < 2) await turn()
  asked[1]!.answer()
  expect(await next).toEqual(['C'])
})

test('no more than so many go in one statement', async () => {
  const { asked, ask } = slow()
  const add = batchReads(ask, { most: 2 })
  const answers = Promise.all(['a', 'b', 'c', 'd', 'e'].map(add))
  for (let n = 0; n < 3; n++) {
    while (asked.length <= n) await turn()
    asked[n]!.answer()
  }
  await answers
  expect(asked.map(({ questions }) => questions)).toEqual([['a', 'b'], ['c', 'd'], ['e']])
})

test('a session that another process ended is found by nobody who asks afterwards, in the middle of many who ask', async () => {
  const [ours, theirs] = [database.sql, openSql(database.url, 2)]
  const add = batchReads((ids: string[]) => findLiveSessions(ours, ids))
  const user = await insertUser(ours, { username: 'asked', password_hash: 'x', role: 'viewer' })
  const kept = await insertSession(ours, user!.id, 3600)
  let running = true
  let found = 0
  const crowd = Array.from({ length: 20 }, async () => {
    while (running) if ((await add(kept)).has(kept)) found++
  })
  for (let n = 0; n < 50; n++) {
    const id = await insertSession(theirs, user!.id, 3600)
    expect((await add(id)).has(id)).toBe(true)
    const others = Array.from({ length: 5 }, () => add(id))
    await revokeSession(theirs, { id, user_id: user!.id })
    expect((await add(id)).has(id)).toBe(false)
    await Promise.all(others)
  }
  running = false
  await Promise.all(crowd)
  await theirs.end()
  expect(found).toBeGreaterThan(50)
})
