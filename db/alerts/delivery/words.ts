/** The words of an alert in its reader's language; a channel only lays them out. */
import type { Severity } from '../rules.ts'
import { NOTHING_TO_DO, RULE_TEXTS } from '../rule-texts.ts'
import type { Detail } from '../table.ts'
import { durationIn, numberIn, textIn, timeIn, type Translated } from '../../../lib/texts.ts'
import type { Message } from './channel.ts'

export interface Words {
  /** One line. */
  title: string
  /** The last failure in words; '' where there are none. Of a group, lines for each alert. */
  detail: string
  /** What to do next. */
  advice: string
  /** Shows more; of a group, that of its first alert. */
  command: string
  /** Of the run or the alert; null without PUBLIC_URL. */
  link: string | null
  facts: Array<[label: string, value: string]>
}

/** Alerts of a group that are named. */
const MAX_NAMED = 20
/** Characters of each one's detail. */
const MAX_OF_EACH = 100

export function wordsOf(message: Message): Words {
  const { locale } = message
  const resolved = message.kind === 'resolved'
  const advice = resolved ? NOTHING_TO_DO : RULE_TEXTS[message.rule].advice
  return {
    title: titleOf(message),
    detail: detailOf(message),
    advice: textIn(advice, locale),
    command: commandOf(message, message),
    link: linkOf(message),
    facts: factsOf(message),
  }
}

/** As plain text, at most `max` characters: a long detail is cut. */
export function plainText(message: Message, max = Infinity): string {
  const { title, detail, link, facts } = wordsOf(message)
  const look = link === null ? facts : [['Link', link] as [string, string], ...facts]
  const tail = `${whatToDo(message)}\n\n${lines(look)}`
  return `${title}\n\n${cut(detail, max - title.length - tail.length - 4)}\n\n${tail}`.replaceAll(/\n{3,}/g, '\n\n')
}

/** The advice and, where the alerts of a group do not have theirs beside them, the command. */
export function whatToDo(message: Message): string {
  const { others = [], locale } = message
  const { advice, command } = wordsOf(message)
  const next = `${textIn(NEXT, locale)}: ${advice}`
  return others.length > 0 ? next : `${next}\n${textIn(COMMAND, locale)}: ${command}`
}

export const lines = (facts: Words['facts']) => facts.map(([label, value]) => `${label}: ${value}`).join('\n')

/** The rule's name where the alert comes from, else ours. */
export const nameOf = ({ alias, rule }: Message): string => alias ?? rule

export function cut(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, Math.max(0, max - 1)).toWellFormed()}…` : text
}

/** Line breaks and other controls out of a text that must stay on its line. */
const oneLine = (text: string) => text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()

function titleOf({ kind, rule, severity, subject, flapping_at, others = [], locale }: Message): string {
  const text = RULE_TEXTS[rule][kind === 'resolved' ? 'over' : 'title'](oneLine(subject))
  const what = SEVERITY[severity]
  const head = {
    firing: flapping_at ? { en: `${what.en}, now steady`, pt: `${what.pt}, agora constante` } : what,
    flapping: { en: `${what.en}, coming and going`, pt: `${what.pt}, vai e volta` },
    reminder: { en: `${what.en}, still open`, pt: `${what.pt}, ainda sem solução` },
    resolved: { en: 'Resolved', pt: 'Resolvido' },
  }[kind]
  const more = others.length > 0 ? ` (${textIn(andMore(others.length), locale)})` : ''
  return `${textIn(head, locale)}: ${textIn(text, locale)}${more}`
}

function detailOf(message: Message): string {
  const { kind, others = [], flapping_at, locale } = message
  const was = kind === 'resolved' ? `${textIn(WAS, locale)}: ` : ''
  const flapped = kind === 'flapping' ? textIn(FLAPPING, locale) : flapping_at ? textIn(STEADY, locale) : ''
  if (others.length === 0) {
    const said = saidIn(message.detail, message)
    return [said && `${was}${said}`, flapped].filter(Boolean).join('\n')
  }
  const all = [message, ...others].map((one) => {
    const said = cut(oneLine(saidIn(one.detail, message)), MAX_OF_EACH)
    return `• ${oneLine(one.subject)}${said && `: ${said}`}\n  ${commandOf(message, one)}`
  })
  const rest = all.length - MAX_NAMED
  if (rest > 0) all.splice(MAX_NAMED, rest, textIn(andMore(rest), locale))
  return [was.trimEnd(), ...all, flapped].filter(Boolean).join('\n')
}

/** Times in it as the reader's clock shows them. */
function saidIn(detail: Detail, { locale, timezone = 'UTC' }: Message): string {
  return textIn(detail, locale).replaceAll(ISO_TIME, (iso) => timeIn(new Date(iso), locale, timezone))
}

const ISO_TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z/g

function commandOf({ rule }: Message, { subject, detail }: { subject: string; detail: Detail }): string {
  return (typeof detail === 'object' && detail.command) || RULE_TEXTS[rule].command(oneLine(subject))
}

function linkOf({ public_url, others = [], detail, alert_id }: Message): string | null {
  if (public_url === undefined) return null
  const path = typeof detail === 'object' ? detail.path : undefined
  return `${public_url.replace(/\/$/, '')}${others.length > 0 ? '/alerts' : (path ?? `/alerts/${alert_id}`)}`
}

function factsOf(message: Message): Words['facts'] {
  const { alert_id, severity, locale, timezone = 'UTC', kind, acknowledged_by, others = [] } = message
  const say = (text: Translated) => textIn(text, locale)
  const all = [message, ...others]
  const since = new Date(Math.min(...all.map(({ opened_at }) => opened_at.getTime())))
  const over = all.flatMap(({ resolved_at }) => resolved_at?.getTime() ?? [])
  const facts: Words['facts'] = [
    [say({ en: 'Severity', pt: 'Gravidade' }), say(SEVERITY[severity]).toLowerCase()],
    [say({ en: 'Since', pt: 'Desde' }), timeIn(since, locale, timezone)],
  ]
  if (kind === 'resolved' && over.length > 0) {
    const last = new Date(Math.max(...over))
    facts.push([say({ en: 'Over at', pt: 'Terminou em' }), timeIn(last, locale, timezone)])
    facts.push([say({ en: 'Lasted', pt: 'Durou' }), durationIn(last.getTime() - since.getTime(), locale)])
  }
  if (acknowledged_by && others.length === 0)
    facts.push([say({ en: 'Acknowledged by', pt: 'Reconhecido por' }), oneLine(acknowledged_by)])
  if (others.length > 0) facts.push([say({ en: 'Alerts', pt: 'Alertas' }), numberIn(all.length, locale)])
  else facts.push([say({ en: 'Alert', pt: 'Alerta' }), alert_id])
  return [...facts, [say({ en: 'Rule', pt: 'Regra' }), nameOf(message)]]
}

const andMore = (count: number): Translated => ({ en: `and ${count} more`, pt: `e mais ${count}` })
const NEXT = { en: 'What to do', pt: 'O que fazer' }
const COMMAND = { en: 'To look', pt: 'Para ver' }
const FLAPPING = {
  en: 'It failed and recovered several times within a short time. The next message comes when it has been steady for a while.',
  pt: 'Falhou e voltou ao normal várias vezes em pouco tempo. O próximo aviso vem quando ficar estável por algum tempo.',
}
const STEADY = {
  en: 'After failing and recovering several times, it is steady.',
  pt: 'Depois de falhar e voltar ao normal várias vezes, está estável.',
}
const WAS = { en: 'It was', pt: 'O que houve' }
const SEVERITY: Record<Severity, Translated> = {
  INFO: { en: 'Info', pt: 'Informação' },
  WARNING: { en: 'Warning', pt: 'Aviso' },
  ERROR: { en: 'Error', pt: 'Erro' },
  CRITICAL: { en: 'Critical', pt: 'Crítico' },
}
