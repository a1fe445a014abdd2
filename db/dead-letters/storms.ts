/**
 * Storms: most messages of a source fail with one reason that nobody expects, as after a deployment of either side. Its consumers
 * pause then, and a person decides about the reason. The state is a row that all of them share.
 *
 * - running: `paused_at` is null.
 * - paused: no consumer takes messages, and what failed is where it came from: in the queue, or behind an offset that has not moved.
 *
 * A window is what a consumer saw last: the newest WINDOW_MESSAGES messages of WINDOW_S, each once, however often it was tried. A storm
 * is declared where more than half of at least MIN_MESSAGES failed with one reason, over the windows of all consumers that hold deaths
 * back. Decisions about a reason hold for DECISION_S:
 *
 * - dead_letter: its messages die, however many they are.
 * - retry: they are tried again, and any number of messages suffices to declare the storm again, since those that come back may be few.
 *   It ends before that where MIN_MESSAGES were handled of which at most half failed so: the reason is no storm any more.
 */
import type { ISql, Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { numberIn } from '../../lib/texts.ts'
import { observe } from '../alerts/observe.ts'
import { recordAudit, type Actor, type AuditAction } from '../audit/audit.ts'
import { storableDetail, storableText } from '../engines/postgres/storable.ts'
import { PEOPLE_GROUP } from '../people/config.ts'
import type { STORM_DECISIONS, StormDeath, StormWindow, storms } from './table.ts'

export const MIN_MESSAGES = 20
export const WINDOW_MESSAGES = 100
export const WINDOW_S = 600
/** A storm comes upon all consumers at once; what another saw before that says nothing. */
const TOGETHER_S = 30
const DECISION_S = 3600
const SAMPLE = 3

/** Notified with the source when its consumers pause or go on. */
export const STORMS_CHANNEL = 'storms'

export type StormDecision = (typeof STORM_DECISIONS)[number]

export interface ConsumerState {
  state: 'running' | 'paused'
  /** When it paused; null while it runs. */
  since: Date | null
  /** Of the newest storm, as the next four are. */
  reason: string | null
  failed: number | null
  /** Messages among which they were. */
  of: number | null
  sample: StormDeath[]
  decision: StormDecision | null
  decided_at: Date | null
  decided_by: string | null
}

const QUIET: ConsumerState = {
  state: 'running',
  since: null,
  reason: null,
  failed: null,
  of: null,
  sample: [],
  decision: null,
  decided_at: null,
  decided_by: null,
}

export async function readConsumerState(sql: ISql, source: string): Promise<ConsumerState> {
  const [row] = await sql<ConsumerState[]>`
    select case when paused_at is null then 'running' else 'paused' end as state, paused_at as since, reason, failed,
      messages as of, sample, decision, decided_at, decided_by
    from storms where source = ${source}`
  return row ?? QUIET
}

/** The sources whose consumers are paused, and since when. */
export async function pausedSources(sql: ISql): Promise<Array<{ source: string; since: Date }>> {
  return sql<{ source: string; since: Date }[]>`
    select source, paused_at as since from storms where paused_at is not null order by source`
}

export async function isPaused(sql: ISql, source: string): Promise<boolean> {
  return (await pausedSources(sql)).some((one) => one.source === source)
}

/**
 * - die: the messages may become dead letters.
 * - early: they may, but there are not enough messages yet to tell whether it is a storm.
 * - storm: none may; the consumers of the source are paused.
 */
export type Verdict = 'die' | 'early' | 'storm'

/**
 * Judges deaths by the windows of all consumers, the one of `worker` among them, and keeps that one for the others; declares the storm
 * where it is one. Unless `is_last`, the deaths will be judged again, and what looks like a storm is early.
 */
export function judgeDeaths(
  sql: Sql,
  source: string,
  worker: string,
  window: Window,
  deaths: Array<StormDeath & { reason: string }>,
  is_last = true,
): Promise<Verdict> {
  return sql.begin(async (tx) => {
    const row = await lockStorm(tx, source)
    if (row.paused_at !== null) return 'storm'
    const windows: Row['windows'] = Object.fromEntries(
      Object.entries(row.windows).filter(([, { at }]) => isRecent(at, TOGETHER_S, row)),
    )
    windows[worker] = { ...window, at: row.now.toISOString() }
    const all = Object.values(windows)
    const messages = all.reduce((sum, one) => sum + one.messages, 0)
    const failedOf = (reason: string) => all.reduce((sum, one) => sum + (one.failed[reason] ?? 0), 0)
    const decisions = standingDecisions(row, messages, failedOf)
    let early = false
    for (const reason of new Set(deaths.map((death) => death.reason))) {
      const decision = decisions[reason]?.decision
      if (decision === 'dead_letter') continue
      const failed = failedOf(reason)
      const enough = messages >= (decision === 'retry' ? 1 : MIN_MESSAGES)
      const is_storm = enough && failed * 2 > messages
      if (is_storm && is_last) {
        const its = deaths.filter((death) => death.reason === reason)
        await declareStorm(tx, source, { reason, failed, messages, decisions, deaths: its })
        return 'storm'
      }
      if (is_storm || messages < MIN_MESSAGES) early = true
    }
    await tx`
      update storms set windows = ${tx.json(windows as never)}, decisions = ${tx.json(decisions as never)}
      where source = ${source}`
    return early ? 'early' : 'die'
  })
}

/** Ends decisions to try again by what a consumer saw, for one that has nothing judged while all goes well. */
export async function endRetries(sql: Sql, source: string, { messages, failed }: Window): Promise<void> {
  const hasRetry = ({ decisions }: Pick<Row, 'decisions'>) =>
    Object.values(decisions).some(({ decision }) => decision === 'retry')
  const [known] = await sql<Pick<Row, 'decisions'>[]>`select decisions from storms where source = ${source}`
  if (!known || !hasRetry(known)) return
  await sql.begin(async (tx) => {
    const row = await lockStorm(tx, source)
    const decisions = standingDecisions(row, messages, (reason) => failed[reason] ?? 0)
    await tx`update storms set decisions = ${tx.json(decisions as never)} where source = ${source}`
  })
}

/** Those that still hold, beside so many messages of which so many failed with a reason. */
function standingDecisions(row: Row, messages: number, failedOf: (reason: string) => number): Row['decisions'] {
  const stands = ([reason, { decision, at }]: [string, Row['decisions'][string]]) =>
    isRecent(at, DECISION_S, row) &&
    (decision !== 'retry' || messages < MIN_MESSAGES || failedOf(reason) * 2 > messages)
  return Object.fromEntries(Object.entries(row.decisions).filter(stands))
}

/** What is recorded ahead, since the clock has gone back, is over. */
function isRecent(at: string, s: number, { now }: Row): boolean {
  const age_ms = now.getTime() - new Date(at).getTime()
  return age_ms >= 0 && age_ms < s * 1000
}

type Window = Pick<StormWindow, 'messages' | 'failed'>

type Row = Pick<typeof storms.$inferSelect, 'paused_at' | 'reason' | 'windows' | 'decisions'> & { now: Date }

async function lockStorm(tx: ISql, source: string): Promise<Row> {
  await tx`insert into storms (source) values (${source}) on conflict do nothing`
  const [row] = await tx<[Row]>`
    select paused_at, reason, windows, decisions, clock_timestamp() as now from storms where source = ${source} for update`
  return row
}

interface Storm extends Pick<Row, 'decisions'> {
  reason: string
  failed: number
  messages: number
  deaths: StormDeath[]
}

/** Of the dashboard, where people decide. */
const PAGES: Record<string, string> = { orders: '/orders', events: '/streams', people: '/people' }
export const pageOf = (source: string): string => PAGES[source] ?? '/dead-letters'

/** Of the alert: with the consumer group, where it is not called as its source, so that it holds back the alert about its lag. */
const subjectOf = (source: string): string => (source === 'people' ? `people ${PEOPLE_GROUP}` : source)

async function declareStorm(tx: ISql, source: string, storm: Storm): Promise<void> {
  const { reason, failed, messages, decisions } = storm
  const sample = storm.deaths.slice(0, SAMPLE).map(({ message_id, detail }) => ({
    message_id: storableText(message_id, 255),
    detail: storableDetail(detail),
  }))
  await tx`
    update storms set paused_at = clock_timestamp(), reason = ${reason}, failed = ${failed}, messages = ${messages},
      sample = ${tx.json(sample as never)}, decision = null, decided_at = null, decided_by = null, windows = '{}',
      decisions = ${tx.json(decisions as never)}
    where source = ${source}`
  const first = sample[0]?.detail ?? ''
  const detail = {
    en: `${numberIn(failed, 'en')} of ${numberIn(messages, 'en')} messages failed with ${reason}; those that were in hand were put back. The first: “${first}”`,
    pt: `${numberIn(failed, 'pt-BR')} de ${numberIn(messages, 'pt-BR')} mensagens falharam com ${reason}; as que estavam em processamento foram devolvidas. A primeira: “${first}”`,
    path: pageOf(source),
  }
  await observe(tx, [{ rule: 'CONSUMER_PAUSED', subject: subjectOf(source), ok: false, detail }])
  await tx`select pg_notify(${STORMS_CHANNEL}, ${source})`
}

/** Lets the consumers of the source go on. Throws AppError consumer_not_paused. */
export function decideStorm(sql: Sql, source: string, decision: StormDecision, actor: Actor): Promise<ConsumerState> {
  return sql.begin(async (tx) => {
    const row = await lockStorm(tx, source)
    if (row.paused_at === null)
      throw new AppError('conflict', 'consumer_not_paused', {
        en: `The consumer of ${source} is not paused; there is nothing to decide.`,
        pt: `O consumidor de ${source} não está pausado; não há nada a decidir.`,
      })
    const reason = row.reason!
    const decisions = { ...row.decisions, [reason]: { decision, at: row.now.toISOString() } }
    await tx`
      update storms set paused_at = null, decision = ${decision}, decided_at = clock_timestamp(),
        decided_by = ${actor.actor_name}, decisions = ${tx.json(decisions as never)}
      where source = ${source}`
    await observe(tx, [{ rule: 'CONSUMER_PAUSED', subject: subjectOf(source), ok: true, final: true }])
    await recordAudit(tx, {
      ...actor,
      action: `${source}.consumer_resumed` as AuditAction,
      target: source,
      details: { decision, reason },
    })
    await tx`select pg_notify(${STORMS_CHANNEL}, ${source})`
    return readConsumerState(tx, source)
  })
}
