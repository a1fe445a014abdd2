/**
 * Records outcomes: a monitor's state, its history and the alerts that follow are one transaction. Checks are counted by the
 * hour; only changes have a row of their own, but every ping has.
 */
import type { ISql, Sql } from 'postgres'
import { observe, type Observation } from '../alerts/observe.ts'
import { inTransaction } from '../engines/postgres/in-transaction.ts'
import type { Translated } from '../../lib/texts.ts'
import type { monitor_events, monitors } from './table.ts'
import { MONITOR_RULES, MONITORS_CHANGED } from './register.ts'

type Rule = (typeof MONITOR_RULES)[number]
type EventKind = (typeof monitor_events.$inferSelect)['kind']

/** Why a check failed. The code stays while the words may differ from check to check. */
export interface Failure {
  reason: string
  detail: Translated
}

export interface Outcome {
  name: string
  /** Of the claim; null for a ping, which is never too late. */
  turn: number | null
  failure: Failure | null
  latency_ms: number | null
  /** Of the certificate that was shown. */
  certificate_ends_at?: Date | null
  /** The certificate ends sooner than it may. */
  certificate?: Translated | null
  /** Of pings and of deadlines: what happened, the alert if it failed, and the next deadline. */
  ping?: { kind: EventKind; rule: Rule | null; next_at: Date; log: string | null }
}

/** `open`: rules with an alert of it. */
type Recorded = Pick<typeof monitors.$inferSelect, 'name' | 'state' | 'detail'> & { open: Rule[] }

/** At most one outcome of each monitor. Those that come too late, and those of monitors that are gone, change nothing. */
export async function recordOutcomes(sql: ISql | Sql, outcomes: Outcome[]): Promise<void> {
  if (outcomes.length === 0) return
  // An alert that is over is told so by every check, so that this need not wait for a transaction each time.
  if (outcomes.every(isWell)) await recordAndObserve(sql, outcomes)
  else await inTransaction(sql, (tx) => recordAndObserve(tx, outcomes))
}

const isWell = ({ failure, certificate, ping }: Outcome) => failure === null && !certificate && !ping

async function recordAndObserve(sql: ISql, outcomes: Outcome[]): Promise<void> {
  const byName = new Map(outcomes.map((one) => [one.name, one]))
  const told = await record(sql, outcomes)
  await observe(
    sql,
    told.flatMap((row) => observationsOf(row, byName.get(row.name)!)),
  )
}

function record(tx: ISql, outcomes: Outcome[]): Promise<Recorded[]> {
  const rows = outcomes.map(({ name, turn, failure, latency_ms, certificate_ends_at, certificate, ping }) => ({
    name,
    turn,
    ok: failure === null,
    reason: failure?.reason ?? null,
    detail: failure?.detail ?? null,
    latency_ms,
    certificate_ends_at: certificate_ends_at ?? null,
    certificate_short: Boolean(certificate),
    kind: ping?.kind ?? null,
    next_at: ping?.next_at ?? null,
    log: ping?.log ?? null,
  }))
  return tx<Recorded[]>`
    with before as (
      select m.name, m.state as was, m.reason as reason_was, m.every_s, m.since, r.turn, r.ok, r.reason,
        r.detail, r.latency_ms, r.certificate_ends_at, r.certificate_short, r.kind, r.next_at, r.log,
        case when r.ok then 0 else m.failures + 1 end as failures,
        case when r.ok then 'up' when m.failures + 1 >= m.failures_to_down then 'down' else 'failing' end as state
      from monitors m
      join jsonb_to_recordset(${tx.json(rows as never)}) as r(name text, turn int, ok boolean, reason text, detail jsonb,
        latency_ms float8, certificate_ends_at timestamptz, certificate_short boolean, kind text,
        next_at timestamptz, log text) on r.name = m.name
      where m.gone_at is null and (r.turn is null or r.turn > m.recorded)
      order by m.name for no key update of m
    ), updated as (
      update monitors m set recorded = coalesce(b.turn, m.turn + 1), turn = greatest(m.turn, coalesce(b.turn, m.turn + 1)),
        state = b.state, since = case when b.state = b.was then b.since else now() end, failures = b.failures,
        reason = b.reason, detail = b.detail, checked_at = now(), latency_ms = b.latency_ms,
        started_at = case when b.kind = 'overdue' then m.started_at end, next_at = coalesce(b.next_at, m.next_at),
        certificate_ends_at = coalesce(b.certificate_ends_at, case when b.ok then null else m.certificate_ends_at end)
      from before b where m.name = b.name
      returning m.name, m.state, m.detail, b.certificate_short
    ), counted as (
      insert into monitor_hours as h (monitor, hour, good, failed, covered_s, latency_sum_ms, latency_max_ms, latencies)
      select name, date_trunc('hour', now(), 'UTC'), ok::int, (not ok)::int, case when kind is null then every_s else 0 end,
        case when ok then coalesce(latency_ms, 0) else 0 end, case when ok then coalesce(latency_ms, 0) else 0 end,
        (ok and latency_ms is not null)::int
      from before
      on conflict (monitor, hour) do update set good = h.good + excluded.good, failed = h.failed + excluded.failed,
        covered_s = h.covered_s + excluded.covered_s, latency_sum_ms = h.latency_sum_ms + excluded.latency_sum_ms,
        latency_max_ms = greatest(h.latency_max_ms, excluded.latency_max_ms), latencies = h.latencies + excluded.latencies
    ), noted as (
      insert into monitor_events (monitor, kind, reason, detail, latency_ms, log)
      select name, coalesce(kind, state), reason, detail, latency_ms, log from before
      where kind is not null or state <> was or reason is distinct from reason_was
      returning pg_notify(${MONITORS_CHANGED}, '')
    )
    select name, state, detail, open from updated cross join lateral (
      select array(select rule from alerts
        where rule = any(${MONITOR_RULES}) and subject = name and alerts.state <> 'resolved') as open
    ) a
    where state = 'down' or certificate_short or open <> '{}'`
}

function observationsOf({ name: subject, state, detail, open }: Recorded, outcome: Outcome): Observation[] {
  const found: Observation[] = []
  const rule = state !== 'down' ? null : outcome.ping ? outcome.ping.rule : 'MONITOR_DOWN'
  if (rule !== null) found.push({ rule, subject, ok: false, detail: detail ?? '' })
  if (outcome.certificate) found.push({ rule: 'CERTIFICATE_ENDS', subject, ok: false, detail: outcome.certificate })
  const { failure, certificate, certificate_ends_at } = outcome
  for (const one of open) {
    // Nothing is known of a certificate that was not shown.
    const is_over =
      one === 'CERTIFICATE_ENDS'
        ? !certificate && (failure === null || certificate_ends_at)
        : one !== rule && state !== 'failing'
    if (is_over) found.push({ rule: one, subject, ok: true })
  }
  return found
}
