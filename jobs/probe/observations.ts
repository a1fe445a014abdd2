/** Turns a check of the system into observations: each rule is told about every subject it watches, well or not. */
import { CHANNEL_RULE, type ChannelHealth } from '../../db/alerts/channel-health.ts'
import type { RuleName } from '../../db/alerts/rules.ts'
import { settingsOf, type RuleChange } from '../../db/alerts/settings.ts'
import type { BackupAge } from '../../db/backup/history.ts'
import type { WalKept } from '../../db/backup/wal/kept.ts'
import type { Detail } from '../../db/alerts/table.ts'
import { ORDERS_QUEUE } from '../../db/orders/message.ts'
import type { Observation } from '../../db/alerts/observe.ts'
import { mayWaitLonger, type TopicLag } from '../../db/streams/lags.ts'
import type { InputKind } from '../../db/monitoring/probe.ts'
import { durationIn, numberIn, type Locale, type Translated } from '../../lib/texts.ts'
import type { Check } from './take-sample.ts'

export interface ProbeLimits {
  api_slow_ms: number
  /** The disk is low below this share. */
  disk_min_free_share: number
  queue_dead_max: number
  /** Beyond so many letters of an hour a group grows. */
  dead_letters_per_hour: number
  queue_lag_s: number
  stream_lag_max: number
  stream_lag_s: number
  data_stale_s: number
  backup_max_age_h: number
  /** What the file of rules says in place of these. */
  changes?: RuleChange[]
}

/**
 * A question without an answer gives no observation, except of the API and the cache, whose rules are about just that. Nor is a wait
 * called short while a part of it is not known: that would end an alert.
 */
export function observationsOf(
  { sample, dead_letters, lags, inputs_known, orders_wait_s, backup, wal, channels }: Check,
  api_url: string,
  limits: ProbeLimits,
): Observation[] {
  const found: Observation[] = []
  const limitOf = limitsIn(limits)
  const say = (rule: RuleName, subject: string, ok: boolean, detail: Exclude<Detail, string>) =>
    found.push({ rule, subject, ok, detail })
  const { api_up, api_status, api_latency_ms, cache_latency_ms, roles, oldest_input, oldest_input_age_s } = sample

  say('API_DOWN', api_url, api_up, apiDown(api_url, api_status, awayRoles(roles)))
  const slow_ms = limitOf('API_HIGH_LATENCY', api_url, limits.api_slow_ms / 1000) * 1000
  if (api_latency_ms !== null)
    say('API_HIGH_LATENCY', api_url, api_latency_ms <= slow_ms, {
      en: `GET /health took ${numberIn(api_latency_ms, 'en')} ms; up to ${numberIn(slow_ms, 'en')} ms is well.`,
      pt: `GET /health levou ${numberIn(api_latency_ms, 'pt-BR')} ms; o aceitável é até ${numberIn(slow_ms, 'pt-BR')} ms.`,
    })
  say('CACHE_CONNECTION_LOST', 'cache', cache_latency_ms !== null && roles?.cache !== 'down', {
    en: `The cache does not answer ${cache_latency_ms === null ? 'the jobs' : 'the API'}.`,
    pt: `O cache não responde ${cache_latency_ms === null ? 'aos jobs' : 'à API'}.`,
  })
  if (dead_letters) {
    const total = Object.values(dead_letters).reduce((sum, dead) => sum + dead, 0)
    const list = (at: string, locale: Locale) =>
      Object.entries(dead_letters)
        .map(([queue, dead]) => `${numberIn(dead, locale)} ${at} ${queue}`)
        .join(', ')
    // One subject for all queues: one that has been emptied is no longer among them.
    say('QUEUE_DEAD', 'queues', total <= limitOf('QUEUE_DEAD', 'queues', limits.queue_dead_max), {
      en: `Dead letters: ${list('in', 'en')}.`,
      pt: `Mensagens mortas: ${list('em', 'pt-BR')}.`,
    })
  }
  if (orders_wait_s !== null) {
    const waited = (locale: Locale) => durationIn(orders_wait_s * 1000, locale)
    say('QUEUE_LAG', ORDERS_QUEUE, orders_wait_s <= limitOf('QUEUE_LAG', ORDERS_QUEUE, limits.queue_lag_s), {
      en: `The oldest message of ${ORDERS_QUEUE} has waited ${waited('en')}.`,
      pt: `A mensagem mais antiga de ${ORDERS_QUEUE} espera há ${waited('pt-BR')}.`,
      path: '/orders',
    })
  }
  for (const one of lags ?? []) {
    const subject = `${one.group} ${one.topic}`
    const { threshold, threshold_s } = settingsOf(limits.changes ?? [], { rule: 'STREAM_LAG', subject })
    const few = one.lag <= (threshold ?? limits.stream_lag_max)
    const soon = (one.waited_s ?? 0) <= (threshold_s ?? limits.stream_lag_s)
    if (!few || !soon || !mayWaitLonger(one)) say('STREAM_LAG', subject, few && soon, streamLag(subject, one))
  }
  if (oldest_input_age_s !== null) {
    const waited = (locale: Locale) => durationIn(oldest_input_age_s * 1000, locale)
    const what = INPUTS[oldest_input ?? 'events']
    const fresh = oldest_input_age_s <= limitOf('DATA_STALE', 'inputs', limits.data_stale_s)
    if (!fresh || inputs_known)
      say('DATA_STALE', 'inputs', fresh, {
        en: `The oldest of the ${what.en} that wait to be processed has waited ${waited('en')}.`,
        pt: `O mais antigo dos itens que esperam processamento (${what.pt}) espera há ${waited('pt-BR')}.`,
      })
  }
  const max_age_s = limitOf('BACKUP_STALE', 'backup', limits.backup_max_age_h * 3600)
  if (backup) say('BACKUP_STALE', 'backup', backup.age_h * 3600 <= max_age_s, backupAged(backup))
  if (wal) say('WAL_NOT_KEPT', 'wal', wal.failing_s === null, walNotKept(wal))
  for (const one of channels ?? []) say(CHANNEL_RULE, one.channel, one.stuck === 0 && !one.given_up, channelDown(one))
  return found
}

/** In the units of THRESHOLDS. */
export const limitsIn =
  ({ changes = [] }: ProbeLimits) =>
  (rule: RuleName, subject: string, otherwise: number): number =>
    settingsOf(changes, { rule, subject }).threshold ?? otherwise

function streamLag(subject: string, { lag, waited_s, members }: TopicLag): Exclude<Detail, string> {
  const waited = (locale: Locale) => durationIn((waited_s ?? 0) * 1000, locale)
  const known = lag > 0 && waited_s !== null
  return {
    en:
      `Messages of ${subject} that wait to be read: ${numberIn(lag, 'en')}` +
      `${known ? `; the oldest has waited ${waited('en')}` : ''}${members === 0 && lag > 0 ? '. No consumer reads them' : ''}.`,
    pt:
      `Mensagens de ${subject} que esperam leitura: ${numberIn(lag, 'pt-BR')}` +
      `${known ? `; a mais antiga espera há ${waited('pt-BR')}` : ''}${members === 0 && lag > 0 ? '. Nenhum consumidor as lê' : ''}.`,
    path: '/streams',
  }
}

function backupAged({ newest, age_h }: BackupAge): Translated {
  const age = (locale: Locale) => durationIn(age_h * HOUR_MS, locale)
  if (newest)
    return {
      en: `The newest good backup is ${age('en')} old, of ${newest.toISOString()}.`,
      pt: `O backup válido mais novo tem ${age('pt-BR')}, de ${newest.toISOString()}.`,
    }
  return {
    en: `There is no good backup, and there have been data for ${age('en')}.`,
    pt: `Não há backup válido, e há dados há ${age('pt-BR')}.`,
  }
}

function walNotKept({ failing_s, segment }: WalKept): Translated {
  const since = (locale: Locale) => durationIn((failing_s ?? 0) * 1000, locale)
  return {
    en: `Segments of the write-ahead log (${segment ?? '?'} first) have not been kept for ${since('en')}; they fill the disk of the data folder.`,
    pt: `Segmentos do log de transações (a partir de ${segment ?? '?'}) não são guardados há ${since('pt-BR')}; eles enchem o disco dos dados.`,
  }
}

function channelDown({ channel, stuck, stuck_s, error, error_pt }: ChannelHealth): Translated {
  const waited = (locale: Locale) => durationIn(stuck_s * 1000, locale)
  const said = { en: error ?? '?', pt: error_pt ?? error ?? '?' }
  if (stuck === 0)
    return {
      en: `The last message for ${channel} was given up: ${said.en}.`,
      pt: `A última mensagem para ${channel} foi abandonada: ${said.pt}.`,
    }
  return {
    en: `${channel} has not taken ${stuck} of its messages, the oldest for ${waited('en')}: ${said.en}.`,
    pt: `${channel} não aceitou ${stuck} das suas mensagens, a mais antiga há ${waited('pt-BR')}: ${said.pt}.`,
  }
}

const HOUR_MS = 3_600_000

const INPUTS: Record<InputKind, Translated> = {
  events: { en: 'events', pt: 'eventos' },
  people: { en: 'people', pt: 'pessoas' },
  workbooks: { en: 'workbooks', pt: 'planilhas' },
  messages: { en: 'messages', pt: 'mensagens' },
}

function apiDown(url: string, status: number | null, away: string[]): Translated {
  const how =
    status === null
      ? { en: 'does not answer', pt: 'não responde' }
      : { en: `answers GET /health with ${status}`, pt: `responde GET /health com ${status}` }
  const which = away.join(', ')
  return {
    en: `The API at ${url} ${how.en}${which && ` (down: ${which})`}.`,
    pt: `A API em ${url} ${how.pt}${which && ` (fora do ar: ${which})`}.`,
  }
}

/** How much room a machine's disk has left. */
export function diskObservation(host: string, free_share: number, limits: ProbeLimits): Observation {
  const percent = (locale: Locale) => numberIn(Math.floor(free_share * 1000) / 10, locale, 1)
  const detail = {
    en: `Free on the disk of ${host}: ${percent('en')} %.`,
    pt: `Espaço livre no disco de ${host}: ${percent('pt-BR')} %.`,
  }
  const min_percent = limitsIn(limits)('LOW_DISK_SPACE', host, limits.disk_min_free_share * 100)
  return { rule: 'LOW_DISK_SPACE', subject: host, ok: free_share >= min_percent / 100, detail }
}

function awayRoles(roles: Record<string, string> | null): string[] {
  return Object.entries(roles ?? {}).flatMap(([role, status]) => (status === 'down' ? [role] : []))
}
