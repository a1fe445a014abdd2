import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { accounts, codeOf, type Account } from '../kit/accounts.ts'
import { PASSWORD, testApi, type TestApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

let api: TestApi
beforeAll(async () => void (api = await testApi()))
afterAll(() => api.close())
const { create, made, signIn, audited } = accounts(() => api)

test('only admins see or change users', async () => {
  const { id } = await made('somebody')
  for (const role of ['viewer', 'operator'] as const)
    for (const [method, path] of [
      ['GET', '/users'],
      ['POST', '/users'],
      ['GET', `/users/${id}`],
      ['PATCH', `/users/${id}`],
      ['PATCH', '/users/no-uuid'],
    ] as const)
      expect((await api.call(method, path, { as: role, ...(method !== 'GET' && { json: {} }) })).status).toBe(403)
})

describe('creating', () => {
  test('a user is created, signs in, and is audited with who did it', async () => {
    const answer = await create({ username: ' Zoë ', password: PASSWORD, role: 'operator' })
    expect(answer.status).toBe(201)
    const user = (await answer.json()) as Account
    expect(user).toMatchObject({ username: 'Zoë', role: 'operator', disabled_at: null, locked: false, version: 1 })
    expect(answer.headers.get('location')).toBe(`/users/${user.id}`)
    expect(answer.headers.get('etag')).toBe('"1"')
    const read = await api.call('GET', `/users/${user.id}`, { as: 'admin' })
    expect(read.headers.get('etag')).toBe('"1"')
    expect(await read.json()).toEqual(user)
    expect(Object.keys(user)).not.toContain('password_hash')
    expect((await signIn('ZOË'.normalize('NFD'))).status).toBe(200)
    expect(await audited('Zoë')).toEqual([
      { action: 'user.created', actor_name: 'admin', details: { role: 'operator' } },
    ])
  })

  test('a name is taken in whatever case and form', async () => {
    await made('João')
    for (const username of ['joão', 'JOÃO', 'Joa\u0303o', 'ＪＯÃＯ', 'joão ']) {
      const answer = await create({ username, password: PASSWORD, role: 'viewer' })
      expect([username, answer.status, await codeOf(answer)]).toEqual([username, 409, 'username_taken'])
    }
  })

  test('names that cannot be seen or read are refused', async () => {
    for (const username of [
      '',
      '   ',
      'a\u0000b',
      'a\nb',
      'a\u200bb',
      'a\u202eb',
      '\ud800',
      'a'.repeat(151),
      'a\u2028b',
      'a\u034fb',
      'a\ufe0fb',
      '\u3164',
      '\u115f',
      'a\u17b4b',
      'a\u180bb',
      '\u2800',
      'a\u{e0100}b',
    ])
      expect((await create({ username, password: PASSWORD, role: 'viewer' })).status).toBe(422)
    for (const username of ['a', 'Ana Maria', 'ana@example.org', '名前', 'a'.repeat(150)])
      expect((await create({ username, password: PASSWORD, role: 'viewer' })).status).toBe(201)
  })

  test('a short, common or own-name password, a role that is none and fields that are none are refused', async () => {
    const good = { username: 'never', password: PASSWORD, role: 'viewer' }
    for (const [bad, code] of [
      [{ password: 'short' }, 'validation_failed'],
      [{ password: '😀😀😀😀😀😀' }, 'password_length'],
      [{ password: 'password1234' }, 'password_common'],
      [{ password: 'Never-never-2024' }, 'password_common'],
      [{ role: 'king' }, 'validation_failed'],
      [{ role: undefined }, 'validation_failed'],
      [{ admin: true }, 'validation_failed'],
    ] as const) {
      const answer = await create({ ...good, ...bad })
      expect([bad, answer.status, await codeOf(answer)] as unknown).toEqual([bad, 422, code])
    }
  })

  test('the same Idempotency-Key makes one user', async () => {
    const body = { username: 'once', password: PASSWORD, role: 'viewer' }
    const answers = [await create(body, { 'idempotency-key': 'k1' }), await create(body, { 'idempotency-key': 'k1' })]
    expect(answers.map(({ status }) => status)).toEqual([201, 201])
    expect(await answers[0]!.json()).toEqual(await answers[1]!.json())
    expect(await audited('once')).toHaveLength(1)
  })
})

test('the list: by name whatever its case, in pages, filtered by text, role and disabled', async () => {
  for (const name of ['list-c', 'List-B', 'list-ä', 'LIST-D'])
    await made(name, name === 'List-B' ? 'operator' : 'viewer')
  const names = async (query: string) => {
    const answer = await api.call('GET', `/users${query}`, { as: 'admin' })
    expect(answer.status).toBe(200)
    const { items, next_cursor } = (await answer.json()) as { items: Account[]; next_cursor: string | null }
    return { names: items.map(({ username }) => username), next_cursor }
  }
  const first = await names('?q=LIST-&limit=3')
  const second = await names(`?q=LIST-&limit=3&cursor=${first.next_cursor}`)
  expect([...first.names, ...second.names].toSorted()).toEqual(['LIST-D', 'List-B', 'list-c', 'list-ä'])
  expect(first.names.slice(0, 2)).not.toContain('LIST-D')
  expect(second.next_cursor).toBeNull()
  expect((await names('?q=list-a')).names).toEqual(['list-ä'])
  expect((await names('?q=list&role=operator')).names).toEqual(['List-B'])
  expect((await names('?q=list&disabled=true')).names).toEqual([])
  for (const query of ['?limit=0', '?role=king', '?cursor=x', '?q=a%00', '?odd=1'])
    expect((await api.call('GET', `/users${query}`, { as: 'admin' })).status).toBe(422)
})
