/** A locked table costs its own requests a deadline, and no others their answers. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { problemResponse } from '../../api/http/problems.ts'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import { AppError } from '../../lib/errors.ts'
import { createLog } from '../../lib/log.ts'
import { testApi, type TestApi } from '../kit/api.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { same } from '../kit/texts.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let api: TestApi
beforeAll(async () => {
  database = await testDatabase()
  api = await testApi({ DATABASE_URL: database.url, STATEMENT_TIMEOUT_S: '2' })
})
afterAll(async () => {
  await api.close()
  await database.close()
})

test('four lists of a locked table are a 503 that says when to come back; the rest keeps answering', async () => {
  // Nothing that answers below comes from a cache.
  for (const as of ['viewer', 'operator'] as const) await api.token(as)
  const other = openSql(database.url, 1)
  const lock = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const transaction = other.begin(async (tx) => {
    await tx`lock table packaging in access exclusive mode`
    locked.resolve()
    await lock.promise
  })
  await locked.promise
  try {
    const list = (n: number) =>
      api.call('GET', `/embalagens?limit=${n}`, { as: 'viewer', headers: { 'accept-language': n % 2 ? 'pt' : 'en' } })
    const lists = [1, 2, 3, 4].map(list)
    const others = ['/me', '/jobs', '/alerts', '/me'].map((path) => api.call('GET', path, { as: 'operator' }))
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
    for (const [n, answer] of (await Promise.all(lists)).entries()) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
      const detail =
        n % 2
          ? 'The database took too long; try again in a moment.'
          : 'O banco de dados demorou demais; tente de novo daqui a pouco.'
      expect(await answer.json()).toMatchObject({ code: 'database_timeout', detail })
    }
  } finally {
    lock.resolve()
    await transaction
    await other.end()
  }
  expect((await api.call('GET', '/embalagens?limit=1', { as: 'viewer' })).status).toBe(200)
})

test('whoever ends a statement, server or program, a client is told the same', async () => {
  const coded = (code: string) => Object.assign(new Error('canceling statement'), { code })
  const late = new AppError('unavailable', 'database_timeout', same('The database has not answered within 5 s.'))
  for (const thrown of [coded('57014'), coded('55P03'), coded('25P03'), late]) {
    const answer = problemResponse(thrown, 'request', createLog('api', 'silent'), { locale: 'pt-BR' })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    expect(answer.headers.get('content-language')).toBe('pt-BR')
    expect(await answer.json()).toMatchObject({ code: 'database_timeout', title: 'Serviço indisponível' })
  }
})
