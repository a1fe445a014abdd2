import { join, resolve } from 'node:path'
import type { Severity } from '../rules.ts'
import type { DbConfig } from '../../engines/config.ts'
import { SEVERITIES } from '../rules.ts'
import { readRulesFile } from '../rules-file.ts'
import type { RuleChange } from '../settings.ts'
import { firstHostOnly, type EnvReader } from '../../../lib/env.ts'
import type { Mailbox } from './channels/email.ts'
import type { TelegramBot } from './channels/telegram.ts'

export const CHANNEL_NAMES = ['log', 'email', 'slack', 'webhook', 'teams', 'telegram'] as const
export type ChannelName = (typeof CHANNEL_NAMES)[number]

export interface AlertsConfig {
  /** Where alerts.log is written. */
  log_path: string
  /** Unset: no such channel. */
  email: Mailbox | undefined
  slack_url: string | undefined
  webhook: { url: string; secret: string | undefined } | undefined
  teams_url: string | undefined
  telegram: TelegramBot | undefined
  min_severity: Record<ChannelName, Severity>
  /** What the file of rules changes. */
  rules: RuleChange[]
  /** Of the times in messages. */
  timezone: string
  /** Where the readers of messages find Doca; unset: no links. */
  public_url: string | undefined
  /** On channels for people, alerts that follow a message of the same kind this soon share the next one; 0: never. */
  group_s: number
  /** Seconds between two checks of the database by each replica. */
  database_check_s: number
  /** Holds an outage of the database until it is back. */
  outage_dir: string
}

export function readAlertsConfig(read: EnvReader, db: Pick<DbConfig, 'data_dir' | 'database_url'>): AlertsConfig {
  const { data_dir } = db
  const webhook_url = read.url('ALERT_WEBHOOK_URL', ['https', 'http'])
  const webhook_secret = read.text('ALERT_WEBHOOK_SECRET')
  if (webhook_secret !== undefined && Buffer.byteLength(webhook_secret) < 32)
    read.problem('ALERT_WEBHOOK_SECRET is shorter than 32 bytes; set a longer random one, or unset it.')
  if (webhook_secret !== undefined && read.text('ALERT_WEBHOOK_URL') === undefined)
    read.problem('ALERT_WEBHOOK_SECRET is set without ALERT_WEBHOOK_URL; set both, or unset it.')
  const config = {
    log_path: resolve(read.text('ALERT_LOG', join(data_dir, 'alerts.log'))),
    email: readMailbox(read),
    slack_url: read.url('SLACK_WEBHOOK_URL', ['https', 'http']),
    webhook: webhook_url === undefined ? undefined : { url: webhook_url, secret: webhook_secret },
    teams_url: read.url('TEAMS_WEBHOOK_URL', ['https', 'http']),
    telegram: readTelegram(read),
    min_severity: readSeverities(read),
    timezone: readTimezone(read),
    public_url: read.url('PUBLIC_URL', ['https', 'http']),
    group_s: read.integer('ALERT_GROUP_S', 30, { max: 3600 }),
    database_check_s: read.integer('DATABASE_CHECK_S', 5, { min: 1, max: 3600 }),
    outage_dir: join(data_dir, 'alerts', folderOf(db.database_url)),
  }
  return { ...config, rules: readRuleChanges(read, config) }
}

/** The zone of the clock that people look at. */
export const readTimezone = (read: EnvReader): string => read.timezone('TIMEZONE', 'America/Sao_Paulo')

/** `alerts.toml` where the program starts, if it is there, or the file that ALERT_RULES names. */
function readRuleChanges(read: EnvReader, config: Omit<AlertsConfig, 'rules'>): RuleChange[] {
  const { email, slack_url: slack, webhook, teams_url: teams, telegram, timezone } = config
  const configured: Record<ChannelName, unknown> = { log: true, email, slack, webhook, teams, telegram }
  const named = read.text('ALERT_RULES')
  return readRulesFile(resolve(named ?? 'alerts.toml'), named !== undefined, {
    channels: new Map(CHANNEL_NAMES.map((name) => [name, configured[name] !== undefined])),
    timezone,
    problem: read.problem,
  })
}

/** One for each database that a DATA_DIR was used with: an outage is recorded in the database that had it. */
function folderOf(database_url: string | undefined): string {
  if (database_url === undefined) return 'embedded'
  const { hostname, port, pathname } = new URL(firstHostOnly(database_url))
  return Bun.hash.xxHash64(`${hostname}:${port || 5432}${pathname}`).toString(36)
}

const ADDRESS = /^(?:[^<>\p{Cc}"]*<[^\s<>@,]+@[^\s<>@,]+>|[^\s<>@,]+@[^\s<>@,]+)$/u

function readMailbox(read: EnvReader): Mailbox | undefined {
  const url = read.url('SMTP_URL', ['smtp', 'smtps'])
  const from = read.text('ALERT_EMAIL_FROM')
  const to = read.list('ALERT_EMAIL_TO')
  for (const [name, addresses] of [
    ['ALERT_EMAIL_FROM', from === undefined ? [] : [from]],
    ['ALERT_EMAIL_TO', to],
  ] as const)
    for (const address of addresses)
      if (!ADDRESS.test(address))
        read.problem(`${name} has "${address}", which is no e-mail address; write ana@example.com.`)
  if (read.text('SMTP_URL') === undefined) {
    if (to.length > 0) read.problem('ALERT_EMAIL_TO is set without SMTP_URL; name the mail server, smtp://host:587.')
    return undefined
  }
  if (to.length === 0) read.problem('SMTP_URL is set without ALERT_EMAIL_TO; say who gets the alerts, or unset it.')
  if (from === undefined) read.problem('SMTP_URL is set without ALERT_EMAIL_FROM; say whom the mails come from.')
  if (url === undefined || to.length === 0 || from === undefined) return undefined
  try {
    const { hostname, username, password } = new URL(url)
    decodeURIComponent(username + password)
    if (hostname) return { url, from, to }
    read.problem('SMTP_URL names no host; write smtp://user:password@host:587.')
  } catch {
    read.problem('SMTP_URL has a % in user or password that encodes nothing; write it as %25.')
  }
  return undefined
}

function readTelegram(read: EnvReader): TelegramBot | undefined {
  const token = read.text('TELEGRAM_BOT_TOKEN')
  const chat_id = read.text('TELEGRAM_CHAT_ID')
  const api_url = read.url('TELEGRAM_API_URL', ['https', 'http']) ?? 'https://api.telegram.org'
  if (token === undefined && chat_id === undefined) return undefined
  if (token === undefined || chat_id === undefined) {
    read.problem('TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID belong together; set both, or neither.')
    return undefined
  }
  if (!/^\d+:[\w-]+$/.test(token))
    read.problem('TELEGRAM_BOT_TOKEN is not what BotFather gives: digits, a colon, and letters.')
  if (!/^(-?\d+|@\w+)$/.test(chat_id))
    read.problem('TELEGRAM_CHAT_ID is neither a number, which may be negative, nor @channel.')
  return { api_url, token, chat_id }
}

/** `ALERT_SEVERITY=WARNING`, or `email=ERROR,telegram=CRITICAL`, or both; unset: alerts.log has all, the others from WARNING on. */
function readSeverities(read: EnvReader): Record<ChannelName, Severity> {
  const chosen = Object.fromEntries(CHANNEL_NAMES.map((name) => [name, name === 'log' ? 'INFO' : 'WARNING']))
  const parts = read.list('ALERT_SEVERITY').map((part) => part.split('=').map((word) => word.trim()))
  // A part that names a channel counts more than one that names none.
  for (const part of parts.toSorted((a, b) => a.length - b.length)) {
    const [severity, channel] = part.toReversed() as [string, string?]
    const known = (SEVERITIES as readonly string[]).includes(severity.toUpperCase())
    if (part.length > 2 || !known || (channel !== undefined && !(channel in chosen)))
      read.problem(
        `ALERT_SEVERITY has "${part.join('=')}"; write one of ${SEVERITIES.join(', ')}, or channel=severity with a ` +
          `channel of ${CHANNEL_NAMES.join(', ')}.`,
      )
    else
      for (const name of channel === undefined ? CHANNEL_NAMES.slice(1) : [channel])
        chosen[name] = severity.toUpperCase()
  }
  return chosen as Record<ChannelName, Severity>
}
