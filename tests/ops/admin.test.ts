import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { commandLineActor } from '../../db/audit/audit.ts'
import { hashPassword, verifyPassword } from '../../db/users/passwords/hash.ts'
import { checkAttempt } from '../../db/users/sign-in/attempts.ts'
import { replaceRecoveryCodes } from '../../db/users/two-factor/recovery-codes.ts'
import { insertSession } from '../../db/users/sessions.ts'
import { confirmSecret, readTwoFactor, savePendingSecret } from '../../db/users/two-factor/two-factor.ts'
import { findCredentials } from '../../db/users/users.ts'
import { adminCommand } from '../../ops/admin/commands.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { runToEnd } from '../kit/program.ts'
import { runHere } from '../kit/run-here.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let data_dir: string
beforeAll(async () => {
  database = await testDatabase()
  data_dir = temporaryFolder()
})
afterAll(() => database.close())

/** In a process of its own. */
const program = (words: string[], input?: string) =>
  runToEnd('ops/admin.ts', words, { DATABASE_URL: database.url, DATA_DIR: data_dir, PASSWORD_ROUNDS: '10' }, input)
const admin = (words: string[], input = '') =>
  runHere(() =>
    adminCommand(words)({
      sql: database.sql,
      actor: commandLineActor(),
      hash: (password) => hashPassword(password, 10),
      askPassword: async () => input,
    }),
  )
const signsIn = async (username: string, password: string) =>
  verifyPassword(password, (await findCredentials(database.sql, username))!.password_hash)

test('a user is added with a generated password, shown once, that signs in', async () => {
  const { code, output } = await program(['user', 'add', 'joão', '--role', 'operator'])
  expect(code).toBe(0)
  const password = /shown only once\): (\S+)/.exec(output)![1]!
  expect(await signsIn('João', password)).toBeTrue()
})

test('a password that the command line set is changed at the next sign-in, but with --keep-password', async () => {
  const must_change = async (...words: string[]) => {
    expect((await admin(words, 'caderno azul e chuva fina')).code).toBe(0)
    return (await findCredentials(database.sql, 'script'))!.must_change_password
  }
  expect(await must_change('user', 'add', 'script', '--keep-password')).toBe(false)
  expect(await must_change('reset-password', 'script')).toBe(true)
  expect(await must_change('reset-password', 'script', '--keep-password')).toBe(false)
})

test('a password from standard input replaces the old one and ends every session', async () => {
  await admin(['user', 'add', 'eva'], 'the first password')
  const { id } = (await findCredentials(database.sql, 'eva'))!
  await database.sql`insert into sessions (id, user_id, expires_at) values (gen_random_uuid(), ${id}, now() + '1 day')`
  const { code, output } = await program(['reset-password', 'EVA'], 'the second password\n')
  expect(code).toBe(0)
  expect(output).not.toContain('second')
  expect(await signsIn('eva', 'the second password')).toBeTrue()
  expect(await database.sql`select 1 from sessions where revoked_at is null`).toHaveLength(0)
})

test('reset-2fa turns the second factor off, whatever its state, and ends every session', async () => {
  const { sql } = database
  await admin(['user', 'add', 'lost-phone'])
  const { id } = (await findCredentials(sql, 'lost-phone'))!
  await savePendingSecret(sql, id, new Uint8Array(20), 60)
  expect((await admin(['reset-2fa', 'lost-phone'])).output).toContain('had no two-factor sign-in')
  await savePendingSecret(sql, id, new Uint8Array(20), 60)
  await confirmSecret(sql, id, new Uint8Array(20), 1)
  await replaceRecoveryCodes(sql, id)
  await insertSession(sql, id, 3600)
  const { code, output } = await admin(['reset-2fa', 'LOST-phone'])
  expect([code, output]).toEqual([0, 'lost-phone signs in without a code, all sessions ended.\n'])
  expect(await readTwoFactor(sql, id)).toEqual({ enabled: false, recovery_codes_left: 0 })
  expect(await sql`select 1 from sessions where user_id = ${id} and revoked_at is null`).toHaveLength(0)
  const rows = await sql`select actor_name, details from audit where action = 'two_factor.reset'`
  expect([...rows]).toEqual([
    { actor_name: expect.stringContaining('on the command line'), details: { sessions_ended: 1 } },
  ])
})

test('a list is a table for a person and JSON for a program', async () => {
  await admin(['user', 'add', 'zoe', '--role', 'viewer'])
  expect((await admin(['user', 'list'])).output).toMatch(/username +role/)
  const users = JSON.parse((await admin(['user', 'list', '--json'])).output) as Array<{ username: string }>
  expect(users.map(({ username }) => username)).toContain('zoe')
})

test('what cannot be done is said in a sentence, with code 1', async () => {
  await admin(['user', 'add', 'twice'])
  for (const [words, input, sentence] of [
    [['user', 'add', 'TWICE'], undefined, 'There is a user TWICE already'],
    [['reset-2fa', 'nobody'], undefined, 'There is no user nobody'],
    [['reset-password', 'nobody'], undefined, 'There is no user nobody'],
    [['reset-password', 'twice'], 'short', 'has 5 characters; take 12 to 256'],
    [['reset-password', 'twice'], 'password1234', 'easily guessed'],
    [['user', 'add', 'a\nb'], undefined, '1 to 150 visible characters'],
    [['unlock', 'nobody'], undefined, 'There is no user nobody'],
  ] as const) {
    const { code, output } = await admin([...words], input)
    expect(code).toBe(1)
    expect(output).toContain(sentence)
  }
  expect(await program(['unlock', 'nobody'])).toMatchObject({ code: 1 })
})

test('a locked user is unlocked, and a new password unlocks as well; the audit says who did what', async () => {
  const { sql } = database
  await admin(['user', 'add', 'Locked', '--role', 'operator'])
  for (const words of [
    ['unlock', 'LOCKED'],
    ['reset-password', 'locked'],
  ]) {
    const attempt = () => checkAttempt(sql, 'locked', { address: '192.0.2.1' }, 'password')
    for (let n = 0; n < 5; n++) await attempt()
    await expect(attempt()).rejects.toMatchObject({ code: 'too_many_attempts' })
    expect((await admin(words)).code).toBe(0)
    await attempt()
    await sql`delete from login_attempts`
  }
  const rows = await sql<{ action: string; actor_name: string }[]>`
    select action, actor_name from audit where target = 'Locked' order by at, id`
  expect(rows.map(({ action }) => action)).toEqual(['user.created', 'user.unlocked', 'password.reset', 'user.unlocked'])
  for (const { actor_name } of rows) expect(actor_name).toEndWith(' on the command line')
})

test('wrong usage is code 2 with the usage', async () => {
  for (const words of [
    [],
    ['user'],
    ['user', 'add'],
    ['user', 'add', 'x', '--role', 'king'],
    ['reset-password'],
    ['unlock'],
    ['--odd'],
  ]) {
    const { code, output } = await admin(words)
    expect(code).toBe(2)
    expect(output).toContain('Usage:')
  }
  expect(await program(['--odd'])).toMatchObject({ code: 2, output: expect.stringContaining('Usage:') })
})
