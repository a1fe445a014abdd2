import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { foldUsername } from '../../../db/users/usernames.ts'
import { findCredentials, insertUser, refoldUsernames, userExists } from '../../../db/users/users.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())

test('every letter folds as its capital and its small form do, and what is folded stays as it is', () => {
  for (let code = 0x41; code <= 0x1ffff; code++) {
    const letter = String.fromCodePoint(code)
    if (!/\p{L}/u.test(letter)) continue
    const folded = foldUsername(letter)
    const forms = [letter.toUpperCase(), letter.toLowerCase(), letter.normalize('NFD'), folded].map(foldUsername)
    expect([letter, ...new Set(forms)]).toEqual([letter, folded])
  }
})

test('a name whose small letters PostgreSQL makes otherwise is one name', async () => {
  const { sql } = database
  const add = (username: string) => insertUser(sql, { username, password_hash: 'x', role: 'viewer' })
  for (const [kept, ...others] of [
    ['İlker', 'i̇lker', 'İLKER'],
    ['ΝΙΚΟΣ', 'νικος', 'νικοσ', 'Νικος'],
    ['Straße', 'STRASSE', 'straße'],
  ] as const) {
    expect(await add(kept)).not.toBeNull()
    for (const other of others) {
      expect([other, await add(other)]).toEqual([other, null])
      expect((await findCredentials(sql, other))?.username).toBe(kept)
    }
  }
})

test('what a migration folded as the database does is folded again, unless another user has the name', async () => {
  const { sql } = database
  await insertUser(sql, { username: 'ΑΡΗΣ', password_hash: 'x', role: 'viewer' })
  await sql`update users set username_folded = lower(username) || '?' where username = 'ΑΡΗΣ'`
  expect(await userExists(sql, 'αρης')).toBeFalse()
  await refoldUsernames(sql)
  expect(await userExists(sql, 'αρης')).toBeTrue()
  await sql`
    insert into users (id, username, username_folded, password_hash, role)
    values (gen_random_uuid(), 'αρησ', 'another', 'x', 'viewer')`
  await refoldUsernames(sql)
  expect((await findCredentials(sql, 'αρησ'))?.username).toBe('ΑΡΗΣ')
})
