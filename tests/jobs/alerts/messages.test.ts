/** What people read: every rule in every state and language, as each channel shows it. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Channel, Message } from '../../../db/alerts/delivery/channel.ts'
import { openChannels } from '../../../db/alerts/delivery/channels/index.ts'
import { readAlertsConfig } from '../../../db/alerts/delivery/config.ts'
import { wordsOf } from '../../../db/alerts/delivery/words.ts'
import { RULE_TEXTS } from '../../../db/alerts/rule-texts.ts'
import { NOTIFICATION_KINDS, type Detail } from '../../../db/alerts/table.ts'
import type { Sample } from '../../../db/monitoring/probe.ts'
import { diskObservation, observationsOf } from '../../../jobs/probe/observations.ts'
import { USAGE } from '../../../jobs/cli/command.ts'
import { envReader } from '../../../lib/env.ts'
import { LOCALES, type Locale } from '../../../lib/texts.ts'
import { startHook, startMailServer, type Hook, type MailServer } from '../../kit/alert-servers.ts'
import packageJson from '../../../package.json'
import { message } from './message.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const RULES = Object.keys(RULE_TEXTS) as Message['rule'][]
const RUN = '01932b5e-0000-7000-8000-0000000000aa'
const LIMITS = {
  api_slow_ms: 5000,
  disk_min_free_share: 0.1,
  queue_dead_max: 0,
  dead_letters_per_hour: 100,
  queue_lag_s: 900,
  stream_lag_max: 5,
  stream_lag_s: 300,
  data_stale_s: 900,
  backup_max_age_h: 26,
}

let folder: string
let mail: MailServer
let hook: Hook
let channels: Channel[]
beforeAll(async () => {
  folder = temporaryFolder()
  mail = await startMailServer()
  hook = startHook()
  const { origin } = new URL(hook.url)
  const env = {
    ALERT_LOG: join(folder, 'alerts.log'),
    SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
    ALERT_EMAIL_FROM: 'doca@example.com',
    ALERT_EMAIL_TO: 'ana@example.com',
    SLACK_WEBHOOK_URL: `${origin}/slack`,
    TEAMS_WEBHOOK_URL: `${origin}/teams`,
    TELEGRAM_BOT_TOKEN: '123:abc',
    TELEGRAM_CHAT_ID: '7',
    TELEGRAM_API_URL: origin,
    ALERT_WEBHOOK_URL: `${origin}/webhook`,
    TIMEZONE: 'America/Manaus',
    PUBLIC_URL: 'https://doca.example.com/',
  }
  channels = openChannels(readAlertsConfig(envReader(env), { data_dir: folder, database_url: undefined }))
})
afterAll(async () => {
  await mail.close()
  hook.stop()
})

/** Of each rule what its observers say; of those that need a database to say it, something with a time. */
const DETAILS = new Map<string, Detail>(
  [
    ...observationsOf(
      {
        sample: {
          api_up: false,
          api_status: 503,
          api_latency_ms: 12_345.6,
          roles: { sql: 'down', cache: 'down' },
          cache_latency_ms: null,
          oldest_input: 'events',
          oldest_input_age_s: 5400,
        } as unknown as Sample,
        dead_letters: { orders: 1234 },
        lags: [{ group: 'doca-events', topic: 'events', partitions: [], members: 0, lag: 1, waited_s: 700 }],
        inputs_known: true,
        orders_wait_s: 1200,
        backup: { newest: new Date('2026-02-27T05:30:00Z'), age_h: 52.5 },
        wal: { keeps: true, failing_s: 180, segment: '000000010000000000000007' },
        channels: [{ channel: 'slack', stuck: 1, stuck_s: 180, given_up: false, error: '500', error_pt: '500' }],
      },
      'http://127.0.0.1:8004',
      LIMITS,
    ),
    diskObservation('srv1', 0.0456, LIMITS),
  ].map(({ rule, detail }) => [rule, detail!]),
)
const JOB_DETAIL = {
  en: `Run ${RUN} failed on attempt 1: 42`,
  pt: `A execução ${RUN} falhou na tentativa 1: 42`,
  command: `bun run jobs show ${RUN}`,
  path: `/runs/${RUN}`,
}
const OTHER_DETAIL = {
  en: 'Nobody did so at 2026-03-01T10:00:00.000Z.',
  pt: 'Ninguém o fez em 2026-03-01T10:00:00.000Z.',
}
const detailOf = (rule: string) => DETAILS.get(rule) ?? (rule === 'JOB_FAILED' ? JOB_DETAIL : OTHER_DETAIL)

const EVERY = RULES.flatMap((rule) =>
  NOTIFICATION_KINDS.flatMap((kind) =>
    LOCALES.flatMap((locale) =>
      [false, true].map((grouped) => {
        const one = { subject: 'a_job', detail: detailOf(rule), opened_at: new Date('2026-03-01T10:00:00Z') }
        const resolved_at = kind === 'resolved' ? new Date('2026-03-01T12:05:00Z') : null
        const others = grouped ? ['b_job', 'c_job'].map((subject) => ({ ...one, subject, resolved_at })) : []
        const acknowledged_by = kind === 'resolved' ? 'Zé' : null
        const flapping_at = kind === 'flapping' || (kind !== 'reminder' && grouped) ? one.opened_at : null
        return message({ ...one, flapping_at, rule, kind, locale, resolved_at, acknowledged_by, others, alias: null })
      }),
    ),
  ),
)

/** The texts for people that a channel was given, in order. */
async function shown(name: string, body: any): Promise<string> {
  switch (name) {
    case 'slack':
      return [body.text, ...body.blocks.map((block: any) => block.text.text)].join('\n')
    case 'teams': {
      const { body: blocks, actions = [] } = body.attachments[0].content
      return [
        ...blocks.flatMap((block: any) => block.inlines.map((run: any) => run.text)),
        ...actions.map((a: any) => a.url),
      ].join('\n')
    }
    case 'telegram':
      return body.text
    default: {
      const { title, detail, advice, command, link, opened_at } = body
      return [title, detail, advice, command, link, opened_at].join('\n')
    }
  }
}

async function arrived(channel: Channel, one: Message): Promise<string> {
  await channel.send(one, AbortSignal.timeout(20_000))
  if (channel.name === 'email') return readMail(mail.mails.pop()!.source)
  if (channel.name === 'log')
    return shown('log', JSON.parse((await readFile(join(folder, 'alerts.log'), 'utf8')).trim().split('\n').at(-1)!))
  return shown(channel.name, hook.requests.pop()!.body)
}

const ENGLISH =
  /\b(the|and|is|are|was|it|of|to|again|what|since|lasted|more|rule|severity|answers?|failed|error|warning|critical|some|over|look|nothing|alerts?)\b/i
const PORTUGUESE =
  /\b(o|os|das|dos|não|que|uma|com|em|para|foi|está|erro|aviso|crítico|regra|desde|gravidade|nada|ver|mais|alertas?)\b/i
const OTHER_LANGUAGE: Record<Locale, RegExp> = { 'pt-BR': ENGLISH, en: PORTUGUESE }
/** What is the same in every language. */
const CODES = /`[^`]*`|bun run [^\n]*|https?:\S+|[A-Z]+_[A-Z_]+|GET \S+|alerts?\.log|[\w-]+@\S+|\.env\.example/g

test.each(['log', 'email', 'slack', 'webhook', 'teams', 'telegram'])(
  'on %s every alert has a title, its time and zone, a command, a link and what to do, all in one language',
  async (name) => {
    const channel = channels.find((one) => one.name === name)!
    // A mail takes long, and has the text that Telegram gets.
    for (const one of name === 'email' ? EVERY.filter(({ rule }) => rule === 'JOB_FAILED') : EVERY) {
      const text = await arrived(channel, one)
      const about = `${name} ${one.rule} ${one.kind} ${one.locale}\n${text}`
      const { title, advice } = wordsOf(one)
      const people = text.replaceAll(CODES, ' ').replaceAll(/\p{Sc}|\b(a|b|c)_job\b|Doca|Zé/gu, ' ')
      expect(OTHER_LANGUAGE[one.locale].exec(people)?.[0], about).toBeUndefined()
      expect(text, about).toContain(title)
      expect(title, about).not.toContain(one.rule)
      expect(text, about).toContain(advice)
      const programs = name === 'log' || name === 'webhook'
      if (programs) expect(text, about).toContain('2026-03-01T10:00:00.000Z')
      else
        expect(text, about).toContain(
          one.locale === 'en'
            ? '2026-03-01 06:00:00 (America/Manaus, UTC-4)'
            : '01/03/2026 06:00:00 (America/Manaus, UTC-4)',
        )
      if (!programs) expect(text, about).not.toContain('T10:00:00')
      const commands = text.match(/bun run [^\n`]+/g) ?? []
      expect(commands.length, about).toBeGreaterThanOrEqual(one.others!.length > 0 ? 3 : 1)
      expect(text, about).toContain('https://doca.example.com/')
      expect(text, about).not.toMatch(/undefined|null|NaN|\[object/)
    }
  },
)

test('a command that a message names is one that exists', () => {
  const scripts = Object.keys(packageJson.scripts)
  for (const rule of RULES)
    for (const subject of ['a_job', '*', 'C:\\x', "o'job"]) {
      const { advice, command } = RULE_TEXTS[rule]
      const said = [command(subject), ...`${advice.en} ${advice.pt}`.matchAll(/`([^`]+)`/g).map(([, one]) => one!)]
      for (const one of said.filter((text) => text.startsWith('bun run '))) {
        const [, , script, word] = one.split(' ') as [string, string, string, string?]
        expect(scripts).toContain(script)
        if (script === 'jobs' && word) expect(USAGE).toContain(word)
      }
    }
  expect(RULE_TEXTS.JOB_FAILED.command("x'; rm -rf ~")).toBe("bun run jobs runs 'x'\\''; rm -rf ~'")
})

test('numbers, durations and shares are written as people of the language do', () => {
  const said = (rule: Message['rule'], locale: Locale) =>
    wordsOf(message({ rule, locale, detail: detailOf(rule) })).detail
  expect(said('LOW_DISK_SPACE', 'pt-BR')).toBe('Espaço livre no disco de srv1: 4,5 %.')
  expect(said('LOW_DISK_SPACE', 'en')).toBe('Free on the disk of srv1: 4.5 %.')
  expect(said('QUEUE_DEAD', 'pt-BR')).toBe('Mensagens mortas: 1.234 em orders.')
  expect(said('API_HIGH_LATENCY', 'pt-BR')).toContain('12.346 ms')
  expect(said('DATA_STALE', 'pt-BR')).toEndWith('espera há 1 h 30 min.')
  expect(said('WAL_NOT_KEPT', 'pt-BR')).toContain('(a partir de 000000010000000000000007) não são guardados há 3 min')
  expect(said('BACKUP_STALE', 'pt-BR')).toBe('O backup válido mais novo tem 2 d 4 h, de 27/02/2026 05:30:00 (UTC).')
})

/** Subject and text of a mail as nodemailer encodes them. */
function readMail(source: string): string {
  const [head, ...rest] = source.replaceAll(/\r\n[ \t]/g, ' ').split('\r\n\r\n')
  const raw = source.slice(source.indexOf('\r\n\r\n') + 4)
  void rest
  const subject = /^Subject: (.*)$/m
    .exec(head!)![1]!
    .replaceAll(/\?= =\?/g, '?==?')
    .replaceAll(/=\?UTF-8\?([QB])\?(.*?)\?=/gi, (_, kind: string, text: string) =>
      kind.toUpperCase() === 'B' ? Buffer.from(text, 'base64').toString() : quoted(text.replaceAll('_', ' ')),
    )
  const encoding = /^Content-Transfer-Encoding: (\S+)/im.exec(head!)?.[1]
  const body =
    encoding === 'base64' ? Buffer.from(raw, 'base64').toString() : encoding === 'quoted-printable' ? quoted(raw) : raw
  return `${subject}\n${body}`.replaceAll('\r\n', '\n')
}

const quoted = (text: string) =>
  Buffer.from(
    text
      .replaceAll(/=\r?\n/g, '')
      .replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString()
