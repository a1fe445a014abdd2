/** The words of an alert in its reader's language; a channel only lays them out. */
import type { RuleName, Severity } from '../rules.ts'
import { textIn, type Locale, type Text, type Translated } from '../../../lib/texts.ts'
import type { Message } from './channel.ts'

export interface Words {
  /** One line. */
  title: string
  /** Of the rule. */
  meaning: string
  /** The last failure in words; '' where there are none. */
  detail: string
  facts: Array<[label: string, value: string]>
}

/** Alerts of a group that are named. */
const MAX_NAMED = 20
/** Characters of each one's detail. */
const MAX_OF_EACH = 100

export function wordsOf(message: Message): Words {
  const { kind, severity, locale } = message
  const say = (text: Text) => textIn(text, locale)
  const name = `${nameOf(message)}: ${subjectsOf(message)}`
  const title = {
    firing: `${say(SEVERITY[severity])}: ${name}`,
    reminder: `${say(SEVERITY[severity])}, ${say(STILL)}: ${name}`,
    resolved: `${say(OVER)}: ${name}`,
  }[kind]
  const meaning = kind === 'resolved' ? `${say(AGAIN)} ${say(MEANING[message.rule])}` : say(MEANING[message.rule])
  return { title, meaning, detail: detailOf(message), facts: factsOf(message) }
}

function subjectsOf({ subject, others = [], locale }: Message): string {
  if (others.length === 0) return oneLine(subject)
  return `${oneLine(subject)} ${textIn({ en: `and ${others.length} more`, pt: `e mais ${others.length}` }, locale)}`
}

/** Of a group, a line for each alert, as far as people read. */
function detailOf(message: Message): string {
  const { others = [], locale } = message
  if (others.length === 0) return textIn(message.detail, locale)
  const lines = [message, ...others].map(({ subject, detail }) => {
    const said = cut(oneLine(textIn(detail, locale)), MAX_OF_EACH)
    return `• ${oneLine(subject)}${said ? `: ${said}` : ''}`
  })
  const rest = lines.length - MAX_NAMED
  if (rest > 0) lines.splice(MAX_NAMED, rest, textIn({ en: `and ${rest} more`, pt: `e mais ${rest}` }, locale))
  return lines.join('\n')
}

/** All of it as plain text. */
export function plainText(message: Message, max = Infinity): string {
  const { title, meaning, detail, facts } = wordsOf(message)
  const tail = facts.map(([label, value]) => `${label}: ${value}`).join('\n')
  const head = `${title}\n\n${meaning}\n\n`
  return `${head}${cut(detail, max - head.length - tail.length - 2)}\n\n${tail}`.replaceAll(/\n{3,}/g, '\n\n')
}

/** The rule's name where the alert comes from, else ours. */
export const nameOf = ({ alias, rule }: Message): string => alias ?? rule

export function cut(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, Math.max(0, max - 1)).toWellFormed()}…` : text
}

/** Line breaks and other controls out of a text that must stay on its line. */
export const oneLine = (text: string) => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()

function factsOf(message: Message): Words['facts'] {
  const { alert_id, severity, locale, kind, others = [] } = message
  const label = (text: Translated) => textIn(text, locale)
  const all = [message, ...others]
  const since = new Date(Math.min(...all.map(({ opened_at }) => opened_at.getTime())))
  const over = all.flatMap(({ resolved_at }) => resolved_at?.getTime() ?? [])
  const facts: Words['facts'] = [[label({ en: 'Severity', pt: 'Gravidade' }), severity]]
  facts.push([label({ en: 'Since', pt: 'Desde' }), utc(since)])
  if (kind === 'resolved' && over.length > 0) {
    const last = new Date(Math.max(...over))
    facts.push([label({ en: 'Over at', pt: 'Terminou em' }), utc(last)])
    facts.push([label({ en: 'Lasted', pt: 'Durou' }), duration(last.getTime() - since.getTime(), locale)])
  }
  if (others.length > 0) facts.push([label({ en: 'Alerts', pt: 'Alertas' }), String(all.length)])
  else facts.push([label({ en: 'Alert', pt: 'Alerta' }), alert_id])
  return facts
}

const utc = (time: Date) => `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** The two largest units. */
function duration(length_ms: number, locale: Locale): string {
  let rest_s = Math.max(0, Math.round(length_ms / 1000))
  const parts: string[] = []
  for (const [unit_s, unit] of [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const) {
    const count = Math.floor(rest_s / unit_s)
    if (count > 0) parts.push(`${count} ${unit}`)
    rest_s -= count * unit_s
  }
  return parts.slice(0, 2).join(' ') || textIn({ en: 'less than 1 s', pt: 'menos de 1 s' }, locale)
}

const STILL = { en: 'still', pt: 'ainda' }
const AGAIN = { en: 'Back to normal. It was:', pt: 'Voltou ao normal. O que havia:' }
const OVER = { en: 'Resolved', pt: 'Resolvido' }
const SEVERITY: Record<Severity, Translated> = {
  INFO: { en: 'Info', pt: 'Informação' },
  WARNING: { en: 'Warning', pt: 'Aviso' },
  ERROR: { en: 'Error', pt: 'Erro' },
  CRITICAL: { en: 'Critical', pt: 'Crítico' },
}

const MEANING: Record<RuleName | 'TEST', Translated> = {
  TEST: { en: 'This is a test, nothing is wrong.', pt: 'Isto é um teste, não há nada errado.' },
  DB_CONNECTION_LOST: { en: 'The database does not answer.', pt: 'O banco de dados não responde.' },
  CACHE_CONNECTION_LOST: { en: 'The cache does not answer.', pt: 'O cache não responde.' },
  API_DOWN: { en: 'The API does not answer.', pt: 'A API não responde.' },
  API_HIGH_LATENCY: { en: 'The API answers slowly.', pt: 'A API está respondendo devagar.' },
  JOB_FAILED: { en: 'A run of the job has failed.', pt: 'Uma execução do job falhou.' },
  JOB_MISSED: { en: 'The job did not run when it was due.', pt: 'O job não rodou no horário previsto.' },
  JOB_INVALID: {
    en: 'The file of a job cannot be used; the job does not run.',
    pt: 'O arquivo de um job não pode ser usado; o job não roda.',
  },
  PROGRAM_SILENT: {
    en: 'A program gives no sign of life.',
    pt: 'Um programa não dá sinal de vida.',
  },
  JOB_SILENT: {
    en: 'The job is no longer scheduled.',
    pt: 'O job deixou de ser agendado.',
  },
  LOW_DISK_SPACE: { en: 'The disk is almost full.', pt: 'O disco está quase cheio.' },
  QUEUE_DEAD: { en: 'Messages of the queue were given up.', pt: 'Mensagens da fila foram abandonadas.' },
  STREAM_LAG: { en: 'A consumer lags behind its topic.', pt: 'Um consumidor está atrasado em relação ao tópico.' },
  DATA_STALE: {
    en: 'Input has waited too long to be processed.',
    pt: 'Dados esperam há muito tempo para serem processados.',
  },
  BACKUP_STALE: { en: 'The newest good backup is too old.', pt: 'O backup válido mais novo está velho demais.' },
  CHANNEL_DOWN: {
    en: 'Alerts do not arrive where they should.',
    pt: 'Alertas não chegam aonde deveriam.',
  },
}
