/**
 * Observations become incidents. `observe` moves each rule's and subject's incident (pending, firing, resolved) and
 * writes what is to be told into the outbox, in its caller's transaction: what was observed, the incident and its
 * notifications are recorded together or not at all.
 *
 * Any number of replicas may observe the same thing at once: opening an incident takes a lock on its name, moving
 * one takes its row, and a unique index lets one of a name be open.
 */
import type { ISql } from 'postgres'
import { writeDue, writeResolved } from './notifications.ts'
import { ruleOf, type Alias, type RuleName } from './rules.ts'
import { ALERTS_CHANGED } from './alerts.ts'
import { inTransaction } from '../engines/postgres/in-transaction.ts'
import type { alerts, Detail } from './table.ts'
import { storableDetail, storableName } from '../engines/postgres/storable.ts'

export interface Observation {
  rule: RuleName
  /** The job, engine or machine that is well or not. */
  subject: string
  ok: boolean
  /** An observation that is ok needs none. Times in it are ISO 8601; its readers see them in their zone. */
  detail?: Detail
  /** The other name of the rule, where the cause knows it by that. */
  alias?: Alias
}

/** Takes observations in their order; `sql` may be a transaction. Where nothing is wrong and no alert is open it is one read. */
export async function observe(sql: ISql, observations: Observation[]): Promise<void> {
  const streaks = inStreaks(observations)
  if (streaks.length === 0) return
  // So that a batch of successes costs next to nothing.
  if (streaks.every(({ ok }) => ok) && !(await anyOpen(sql, streaks))) return
  await inTransaction(sql, async (tx) => {
    for (let rest = streaks; rest.length > 0;) {
      const round = firstOfEach(rest)
      await observeRound(tx, [...round.values()])
      rest = rest.filter((streak) => round.get(nameOf(streak)) !== streak)
    }
  })
}

/** Like observations of one name, one after the other. */
interface Streak extends Omit<Observation, 'detail'> {
  detail: Detail
  count: number
}

/** An open incident, or what one becomes. */
type Incident = Pick<
  typeof alerts.$inferSelect,
  'id' | 'rule' | 'subject' | 'alias' | 'severity' | 'state' | 'failures' | 'successes' | 'detail'
>

/** At most one streak of each name. */
async function observeRound(tx: ISql, streaks: Streak[]): Promise<void> {
  await lockNames(
    tx,
    streaks.filter(({ ok }) => !ok),
  )
  const open = new Map((await lockOpen(tx, streaks)).map((incident) => [nameOf(incident), incident]))
  const changed: Incident[] = []
  const forgotten: string[] = []
  for (const streak of streaks) {
    const before = open.get(nameOf(streak))
    const after = streak.ok ? before && recovered(before, streak) : failed(before, streak)
    if (after === 'forgotten') forgotten.push(before!.id)
    else if (after) changed.push(after)
  }
  if (forgotten.length > 0) await tx`delete from alerts where id = any(${forgotten})`
  if (changed.length > 0) await save(tx, changed)
  // First every state, then what is told: one that fires now may inhibit another of the same round.
  const fired = changed.filter((one) => one.state === 'firing' && open.get(nameOf(one))?.state !== 'firing')
  if (fired.length > 0) await writeDue(tx, idsOf(fired))
  const resolved = changed.filter(({ state }) => state === 'resolved')
  if (resolved.length > 0) await writeResolved(tx, idsOf(resolved))
  if (changed.length + forgotten.length > 0) await tx`select pg_notify(${ALERTS_CHANGED}, '')`
}

function failed(before: Incident | undefined, { rule, subject, alias, detail, count }: Streak): Incident {
  const { severity, failures: needed } = ruleOf(rule)
  const known = before ?? { id: Bun.randomUUIDv7(), rule, subject, severity, state: 'pending', failures: 0 }
  const failures = known.failures + count
  const state = known.state === 'firing' || failures >= needed ? 'firing' : 'pending'
  return { ...known, state, failures, successes: 0, detail, alias: alias ?? before?.alias ?? null }
}

function recovered(before: Incident, { rule, count }: Streak): Incident | 'forgotten' {
  if (before.state === 'pending') return 'forgotten'
  const successes = before.successes + count
  return { ...before, successes, state: successes >= ruleOf(rule).successes ? 'resolved' : before.state }
}

/** Held to the end of the transaction; in one order, so that two cannot lock each other out. */
async function lockNames(tx: ISql, streaks: Streak[]): Promise<void> {
  if (streaks.length === 0) return
  const keys = streaks.map((streak) => String(Bun.hash.xxHash64(nameOf(streak), 6n) >> 1n))
  await tx`
    select pg_advisory_xact_lock(key) from (select unnest(${keys}::text[])::bigint as key order by 1) keys`
}

/** As of after the names were locked. */
function lockOpen(tx: ISql, streaks: Streak[]): Promise<Incident[]> {
  return tx<Incident[]>`
    select id, rule, subject, alias, severity, state, failures, successes, detail
    from alerts a
    where state <> 'resolved' and ${isNamed(tx, streaks)}
    order by rule, subject for no key update of a`
}

/** Of these rules, whatever the subject: a batch has many, and mostly nothing at all is open. */
async function anyOpen(sql: ISql, streaks: Streak[]): Promise<boolean> {
  const rules = [...new Set(streaks.map(({ rule }) => rule))]
  const [row] = await sql<{ open: boolean }[]>`
    select exists (select from alerts where state <> 'resolved' and rule = any(${rules})) as open`
  return row!.open
}

function isNamed(sql: ISql, streaks: Streak[]) {
  return sql`(rule, subject) in (
    select * from unnest(${streaks.map(({ rule }) => rule)}::text[], ${streaks.map(({ subject }) => subject)}::text[]))`
}

async function save(tx: ISql, incidents: Incident[]): Promise<void> {
  await tx`
    insert into alerts (id, rule, subject, alias, severity, state, failures, successes, detail, fired_at, resolved_at)
    select id, rule, subject, alias, severity, state, failures, successes, detail,
      case when state <> 'pending' then now() end, case when state = 'resolved' then now() end
    from jsonb_to_recordset(${tx.json(incidents as never)}) as i(id uuid, rule text, subject text, alias text,
      severity text, state text, failures int, successes int, detail jsonb)
    on conflict (id) do update set state = excluded.state, alias = excluded.alias, failures = excluded.failures,
      successes = excluded.successes, detail = excluded.detail,
      last_failed_at = case when excluded.failures > alerts.failures then now() else alerts.last_failed_at end,
      fired_at = coalesce(alerts.fired_at, excluded.fired_at), resolved_at = excluded.resolved_at,
      changed_at = clock_timestamp()`
}

function inStreaks(observations: Observation[]): Streak[] {
  const streaks: Streak[] = []
  const last = new Map<string, Streak>()
  for (const { rule, ok, alias, subject: raw, detail = '' } of observations) {
    const subject = storableName(raw)
    const name = nameOf({ rule, subject })
    const before = last.get(name)
    const next = { rule, subject, ok, detail: storableDetail(detail), count: 1, ...(alias && { alias }) }
    if (before?.ok === ok) Object.assign(before, next, { count: before.count + 1 })
    else {
      last.set(name, next)
      streaks.push(next)
    }
  }
  return streaks
}

function firstOfEach(streaks: Streak[]): Map<string, Streak> {
  const first = new Map<string, Streak>()
  for (const streak of streaks) if (!first.has(nameOf(streak))) first.set(nameOf(streak), streak)
  return first
}

const nameOf = ({ rule, subject }: { rule: string; subject: string }) => `${rule} ${subject}`
const idsOf = (incidents: Incident[]) => incidents.map(({ id }) => id)
