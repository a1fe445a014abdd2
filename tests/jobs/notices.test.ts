/** E-mails to users about changes of their account, through a real mail server. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { commandLineActor } from '../../db/audit/audit.ts'
import { changeUser } from '../../db/users/accounts.ts'
import { noticeText } from '../../db/users/notice-texts.ts'
import { claimNotice, NOTICES_WRITTEN } from '../../db/users/notices.ts'
import { NOTICE_ACTIONS } from '../../db/users/table.ts'
import { insertUser } from '../../db/users/users.ts'
import { openMailer } from '../../db/alerts/delivery/mail.ts'
import { startNotices, type Notices } from '../../jobs/notices/index.ts'
import { createLog } from '../../lib/log.ts'
import { startMailServer, type MailServer } from '../kit/alert-servers.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { until } from '../kit/program.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
let server: MailServer
beforeAll(async () => {
  database = await testDatabase()
  server = await startMailServer()
})
afterAll(async () => {
  await server.close()
  await database.close()
})

let running: Notices[] = []
afterEach(async () => {
  await Promise.all(running.map((one) => one.stop()))
  running = []
  await database.sql`delete from user_notices`
})

async function start(port = server.port) {
  const mailer = openMailer({ url: `smtp://127.0.0.1:${port}`, from: 'Doca <doca@example.com>' })
  running.push(await startNotices(database.sql, mailer, { log: createLog('jobs', 'silent'), locale: 'en' }))
}

/** A user whose password was reset from the command line. */
async function resetPassword(username: string) {
  const { sql } = database
  const email = `${username}@example.com`
  const user = await insertUser(sql, { username, password_hash: 'x', role: 'viewer', email })
  const rules = { hash: async () => 'y', actor: { ...commandLineActor(), actor_name: 'carla on the command line' } }
  await changeUser(sql, user!.id, { password: 'um outro segredo vale' }, rules)
}
const rows = () => database.sql<{ sent: boolean; attempts: number; last_error: string | null }[]>`
  select sent_at is not null as sent, attempts, last_error from user_notices order by id`
const mailsTo = (address: string) => server.mails.filter(({ to }) => to.includes(address))

test('two replicas deliver what was written before and after their start, each once', async () => {
  await resetPassword('ana')
  await Promise.all([start(), start()])
  await until('the first mail', () => mailsTo('ana@example.com').length > 0)
  await resetPassword('bia')
  await until('both to be recorded', async () => (await rows()).every(({ sent }) => sent))
  expect([mailsTo('ana@example.com').length, mailsTo('bia@example.com').length]).toEqual([1, 1])
  const { source, from } = mailsTo('bia@example.com')[0]!
  expect(from).toBe('doca@example.com')
  expect(source).toContain('Subject: Doca: your account was given a new password')
  expect(source).toMatch(/Message-ID: <notice-\d+-\d+@example\.com>/)
  for (const line of ['User: bia', 'By: carla on the command line', 'tell an admin of Doca at once'])
    expect(source).toContain(line)
  expect(source).not.toContain('segredo')
})

test('a mail server that is away is tried again; nothing is lost, and after a day nothing is told', async () => {
  const { sql } = database
  await resetPassword('caio')
  await resetPassword('davi')
  await sql`update user_notices set created_at = now() - interval '25 hours' where email = 'davi@example.com'`
  await start(1)
  await until('a failure', async () => (await rows())[0]!.last_error !== null)
  expect(await rows()).toMatchObject([
    { sent: false, attempts: 1, last_error: expect.stringContaining('ECONNREFUSED') },
    { sent: false, attempts: 0 },
  ])
  await running.pop()!.stop()
  await start()
  await sql`update user_notices set available_at = now()`
  await sql`select pg_notify(${NOTICES_WRITTEN}, '')`
  await until('the mail', async () => (await rows())[0]!.sent)
  expect([mailsTo('caio@example.com').length, mailsTo('davi@example.com').length]).toEqual([1, 0])
})

test('one whose claimer died is claimed again when its lease is over', async () => {
  await resetPassword('eva')
  expect(await claimNotice(database.sql, 60)).toMatchObject({ email: 'eva@example.com', attempts: 1 })
  expect(await claimNotice(database.sql, 60)).toBeNull()
  await database.sql`update user_notices set available_at = now()`
  expect(await claimNotice(database.sql, 60)).toMatchObject({ attempts: 2 })
})

test('every change has its sentence, in both languages', () => {
  const notice = {
    id: 1,
    attempts: 1,
    email: 'ana@example.com',
    username: 'ana',
    details: { from: 'viewer', to: 'admin' },
    actor_name: 'carla',
    address: '192.0.2.1',
    created_at: new Date('2026-11-20T12:00:30Z'),
  }
  for (const locale of ['en', 'pt-BR'] as const) {
    const all = NOTICE_ACTIONS.map((action) => noticeText({ ...notice, action }, locale))
    expect(new Set(all.map(({ subject }) => subject)).size).toBe(NOTICE_ACTIONS.length)
  }
  expect(noticeText({ ...notice, action: 'user.role_changed' }, 'pt-BR')).toEqual({
    subject: 'Doca: seu papel agora é admin',
    text:
      'Seu papel agora é admin.\n\nUsuário: ana\nPor: carla\nDe: 192.0.2.1\nEm: 2026-11-20 12:00 UTC\n\n' +
      'Se isto não era esperado, avise já um administrador do Doca.\n',
  })
})
