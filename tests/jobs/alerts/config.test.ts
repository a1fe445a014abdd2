import { beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openChannels } from '../../../db/alerts/delivery/channels/index.ts'
import { readAlertsConfig } from '../../../db/alerts/delivery/config.ts'
import { ConfigError, envReader, type Env } from '../../../lib/env.ts'
import { runToEnd } from '../../kit/program.ts'
import { startHook } from '../../kit/alert-servers.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

let folder: string
beforeAll(() => void (folder = temporaryFolder()))

function read(env: Env) {
  const reader = envReader(env)
  const config = readAlertsConfig(reader, { data_dir: folder, database_url: undefined })
  reader.finish()
  return config
}
function problems(env: Env): string[] {
  try {
    read(env)
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems
    throw thrown
  }
  return []
}

const ALL = {
  SMTP_URL: 'smtp://doca:s3cret@mail.example.com',
  ALERT_EMAIL_FROM: 'Doca <doca@example.com>',
  ALERT_EMAIL_TO: 'ana@example.com, it@example.com',
  SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/s3cret',
  TEAMS_WEBHOOK_URL: 'https://example.com/s3cret',
  TELEGRAM_BOT_TOKEN: '123:s3cret',
  TELEGRAM_CHAT_ID: '-100123',
  ALERT_WEBHOOK_URL: 'https://example.com/s3cret',
  ALERT_WEBHOOK_SECRET: 's3cret of 32 bytes or more, surely',
}

test('without configuration there is alerts.log; with all of it, every channel', () => {
  expect(openChannels(read({})).map(({ name, min_severity }) => [name, min_severity])).toEqual([['log', 'INFO']])
  const channels = openChannels(read({ ...ALL, ALERT_SEVERITY: 'telegram=critical, error' }))
  expect(Object.fromEntries(channels.map(({ name, min_severity }) => [name, min_severity]))).toEqual({
    log: 'INFO',
    email: 'ERROR',
    slack: 'ERROR',
    webhook: 'ERROR',
    teams: 'ERROR',
    telegram: 'CRITICAL',
  })
})

test.each<[Env, string]>([
  [{ ALERT_EMAIL_FROM: undefined }, 'ALERT_EMAIL_FROM'],
  [{ ALERT_EMAIL_TO: undefined }, 'ALERT_EMAIL_TO'],
  [{ ALERT_EMAIL_TO: 'ana' }, 'no e-mail address'],
  [{ ALERT_EMAIL_FROM: 'a@b.c\r\nBcc: x@y.z' }, 'no e-mail address'],
  [{ SMTP_URL: undefined }, 'SMTP_URL'],
  [{ SMTP_URL: 'smtp://doca:s3cret%zz@mail' }, '%25'],
  [{ SLACK_WEBHOOK_URL: 'hooks.slack.com/s3cret' }, 'SLACK_WEBHOOK_URL is not a URL'],
  [{ TELEGRAM_CHAT_ID: undefined }, 'belong together'],
  [{ TELEGRAM_BOT_TOKEN: 's3cret' }, 'BotFather'],
  [{ TELEGRAM_CHAT_ID: 'my chat' }, 'neither a number'],
  [{ ALERT_WEBHOOK_SECRET: 's3cret' }, 'shorter than 32 bytes'],
  [{ ALERT_WEBHOOK_URL: undefined }, 'without ALERT_WEBHOOK_URL'],
  [{ ALERT_SEVERITY: 'loud' }, 'ALERT_SEVERITY has "loud"'],
  [{ ALERT_SEVERITY: 'pager=ERROR' }, 'pager=ERROR'],
  [{ ALERT_SEVERITY: 'email=ERROR=x' }, 'email=ERROR=x'],
])('%j is one problem, said without a secret', (change, sentence) => {
  const [problem, ...more] = problems({ ...ALL, ...change })
  expect(problem).toContain(sentence)
  expect(more).toEqual([])
  expect(problem).not.toContain('s3cret')
})

test('each database has its own folder for what it missed', () => {
  const of = (database_url: string | undefined) =>
    readAlertsConfig(envReader({}), { data_dir: folder, database_url }).outage_dir
  const dirs = [undefined, 'postgres://a@h/x', 'postgres://a@h/y', 'postgres://a@h:1/x'].map(of)
  expect(new Set(dirs).size).toBe(4)
  expect(of('postgres://b:other@h:5432/x')).toBe(of('postgres://a@h/x'))
})

test('alert-test sends to every channel without a database, and exits 1 when one does not take it', async () => {
  const hook = startHook()
  const env = {
    DATA_DIR: folder,
    LOCALE: 'en',
    ALERT_WEBHOOK_URL: hook.url,
    SLACK_WEBHOOK_URL: 'http://127.0.0.1:1/s3cret',
  }
  const all = await runToEnd('jobs/main.ts', ['alert-test', '--json'], env)
  expect(all.code).toBe(1)
  expect(JSON.parse(all.output)).toEqual([
    { channel: 'log', sent: true, problem: null },
    { channel: 'slack', sent: false, problem: 'the connection was refused' },
    { channel: 'webhook', sent: true, problem: null },
  ])
  expect(hook.requests.map(({ body }) => body)).toMatchObject([{ rule: 'TEST', detail: 'Alerts arrive here.' }])
  expect(await readFile(join(folder, 'alerts.log'), 'utf8')).toContain('Alerts arrive here.')
  expect((await runToEnd('jobs/main.ts', ['alert-test', 'webhook'], env)).code).toBe(0)
  const unknown = await runToEnd('jobs/main.ts', ['alert-test', 'teams'], env)
  expect(unknown.code).toBe(2)
  expect(unknown.output).toContain('There is no channel teams in the configuration. There are: log, slack, webhook.')
  hook.stop()
})
