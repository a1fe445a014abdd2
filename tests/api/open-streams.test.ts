/** Event streams, exports and stored files end when their reader may not read them any more, and a user has a bounded number. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { createOpenStreams } from '../../api/http/open-streams.ts'
import { contextOf } from '../../api/http/request-context.ts'
import type { Route } from '../../api/http/route-table.ts'
import { refusalOf } from '../../api/http/authenticate.ts'
import { enqueueRun } from '../../db/jobs/enqueue-run.ts'
import { registerJobs } from '../../db/jobs/jobs.ts'
import type { Session } from '../../db/users/sessions.ts'
import { hashPassword } from '../../db/users/passwords/hash.ts'
import { insertUser, type UserRole } from '../../db/users/users.ts'
import { createLog } from '../../lib/log.ts'
import { PASSWORD, testApi, type TestApi } from '../kit/api.ts'
import { until } from '../kit/program.ts'
import { jobsOf } from '../kit/replica.ts'

setDefaultTimeout(120_000)

let api: TestApi
let run_id: string
beforeAll(async () => {
  api = await testApi({ MAX_STREAMS_PER_USER: '5' })
  const { sql } = api.db
  await registerJobs(sql, [...jobsOf({ name: 'talks', overlap: 'allow', run: () => {} }).values()])
  run_id = (await enqueueRun(sql, { job: 'talks', trigger: 'manual' })).run_id
  // Several chunks of a file.
  await sql`
    insert into packaging (id, sku, name, material, kind, unit_cost, currency, tags)
    select gen_random_uuid(), 'S-' || n, 'Caixa', 'paper', 'box', 1, 'BRL', '{}' from generate_series(1, 5000) n`
})
afterAll(() => api.close())

let users = 0
interface Person {
  id: string
  username: string
  authorization: string
  refresh_token: string
}

/** A new user, signed in with the password. */
async function person(): Promise<Person> {
  const username = `reader ${++users}`
  const password_hash = await hashPassword(PASSWORD, 10)
  const { id } = (await insertUser(api.db.sql, { username, password_hash, role: 'operator' }))!
  return { id, username, ...(await signIn(username)) }
}

async function signIn(username: string) {
  const answer = await api.call('POST', '/login', { json: { username, password: PASSWORD } })
  const { access_token, refresh_token } = (await answer.json()) as { access_token: string; refresh_token: string }
  return { authorization: `Bearer ${access_token}`, refresh_token }
}

interface Stream {
  /** Undefined while it is open; then how it ended. */
  ended(): 'closed' | 'broken' | undefined
  leave(): Promise<void>
}

/** An answer whose beginning was read. What follows is read when `read` is not false. */
async function open(path: string, { authorization }: Pick<Person, 'authorization'>): Promise<Stream> {
  const answer = await api.call('GET', path, { headers: { authorization } })
  expect([path, answer.status]).toEqual([path, 200])
  const reader = answer.body!.getReader()
  await reader.read()
  let ended: 'closed' | 'broken' | undefined
  // The end of an export is waited for like that of an event stream, without reading what comes before it.
  void reader.closed.then(
    () => (ended = 'closed'),
    () => (ended = 'broken'),
  )
  if (path !== EXPORT)
    void (async () => {
      while (!(await reader.read()).done);
    })()
  return { ended: () => ended, leave: () => reader.cancel() }
}

const EXPORT = '/embalagens/export'
const ALERTS = '/alerts/stream'

describe('what is open ends', () => {
  const patch = (id: string, json: object) => api.call('PATCH', `/users/${id}`, { as: 'admin', json })
  test.each<[string, (who: Person) => Promise<unknown>]>([
    ['signs out', ({ authorization }) => api.call('POST', '/logout', { headers: { authorization } })],
    [
      'ends every session elsewhere',
      async ({ username }) => api.call('POST', '/logout?all=true', { headers: await signIn(username) }),
    ],
    ['is disabled', ({ id }) => patch(id, { disabled: true })],
    ['is given another password', ({ id }) => patch(id, { password: 'another long horse battery' })],
    [
      'changes the password elsewhere',
      async ({ username }) =>
        api.call('PUT', '/me/password', {
          headers: await signIn(username),
          json: { current_password: PASSWORD, new_password: 'another long horse battery' },
        }),
    ],
    [
      'has a refresh token used twice',
      async ({ refresh_token }) => {
        await api.call('POST', '/token/refresh', { json: { refresh_token } })
        await api.db
          .sql`update refresh_tokens set rotated_at = now() - interval '1 minute' where rotated_at is not null`
        return api.call('POST', '/token/refresh', { json: { refresh_token } })
      },
    ],
    [
      'comes to the end of the session',
      ({ id }) => api.db.sql`update sessions set expires_at = now() where user_id = ${id}`,
    ],
    ['is deleted', ({ id }) => api.db.sql`delete from users where id = ${id}`],
  ])('when its reader %s; a stream of another user goes on', async (_, act) => {
    const [who, neighbour] = [await person(), await person()]
    const streams = [await open(ALERTS, who), await open(`/runs/${run_id}/logs?follow=1`, who), await open(EXPORT, who)]
    const other = await open(ALERTS, neighbour)
    await act(who)
    await until('the ends', () => streams.every((stream) => stream.ended()))
    // Half a file must not pass for a whole one.
    expect(streams.map((stream) => stream.ended())).toEqual(['closed', 'closed', 'broken'])
    expect(other.ended()).toBeUndefined()
    await other.leave()
  })
})

test('what an API key opened ends with the key, and goes on while the session that made it ends', async () => {
  const who = await person()
  const json = { name: 'follows', role: 'viewer', expires_at: new Date(Date.now() + 3_600_000).toISOString() }
  const made = await api.call('POST', '/me/api-keys', { headers: { authorization: who.authorization }, json })
  const { id, key } = (await made.json()) as { id: string; key: string }
  const stream = await open(ALERTS, { authorization: `Bearer ${key}` })
  const signed_in = await open(ALERTS, who)
  await api.call('POST', '/logout', { headers: { authorization: who.authorization } })
  await until('the end of the session', () => signed_in.ended())
  expect(stream.ended()).toBeUndefined()
  await api.call('DELETE', `/me/api-keys/${id}`, { headers: await signIn(who.username) })
  await until('the end of the key', () => stream.ended())
})

test('a user has so many at once, whatever they are; another user has as many, and one that ends makes room', async () => {
  const [who, neighbour] = [await person(), await person()]
  const streams = [await open(EXPORT, who)]
  while (streams.length < 5) streams.push(await open(ALERTS, who))
  const ask = (path: string) => api.call('GET', path, { headers: { authorization: who.authorization } })
  for (const path of [ALERTS, EXPORT]) {
    const answer = await ask(path)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '5'])
    expect(await answer.json()).toMatchObject({
      code: 'too_many_streams',
      detail: 'You have 5 streams and downloads open, as many as a user may; close one, then try again.',
    })
  }
  expect((await ask('/embalagens')).status).toBe(200)
  const { status } = await api.call('HEAD', ALERTS, { headers: { authorization: who.authorization } })
  expect(status).toBe(200)
  await (await open(ALERTS, neighbour)).leave()
  await streams.pop()!.leave()
  streams.push(await open(ALERTS, who))
  for (const stream of streams) await stream.leave()
})

describe('the check of open streams', () => {
  const session: Session = {
    id: 's',
    user_id: 'u',
    username: 'ana',
    role: 'admin',
    must_enrol: false,
    must_change_password: false,
  }
  const held = (access: UserRole, findLive: (sessions: Session[]) => Promise<Map<string, Session>>) => {
    const streams = createOpenStreams({
      findLive,
      refusalOf,
      most: 10,
      log: createLog('api', 'silent'),
      check_ms: 1,
    })
    return () => {
      const request = new Request('http://localhost/')
      Object.assign(contextOf(request), { session, rules: { access } as Route })
      let left = false
      const body = new ReadableStream<Uint8Array>({ cancel: () => void (left = true) })
      const text = streams.answer(request, body, {}, true).text()
      return { text, left: () => left }
    }
  }

  test.each<[string, Partial<Session>]>([
    ['a role that no longer suffices', { role: 'operator' }],
    ['an admin who has to enrol in two-factor sign-in', { must_enrol: true }],
    ['a user who has to change the password', { must_change_password: true }],
  ])('ends those of %s, and their source', async (_, change) => {
    let now = session
    const open = held('admin', async () => new Map([[session.id, now]]))
    const stream = open()
    now = { ...session, ...change }
    expect(await stream.text).toBe('')
    expect(stream.left()).toBe(true)
  })

  test('is one question for all of them, is asked again when it failed, and is not asked while there is none', async () => {
    const asked: number[] = []
    const open = held('viewer', async (sessions) => {
      asked.push(sessions.length)
      if (asked.length === 1) throw new Error('the database is away')
      return new Map(asked.length < 4 ? [[session.id, session]] : [])
    })
    await Promise.all([open(), open(), open()].map(({ text }) => text))
    expect(asked).toEqual([3, 3, 3, 3])
    await open().text
    expect(asked).toEqual([3, 3, 3, 3, 1])
  })
})
