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
import { INHIBITIONS, type Alias, type RuleName } from './rules.ts'
import { markFlapping } from './flapping.ts'
import { readRuleChanges, settingsOf, type RuleChange, type Settings } from './settings.ts'
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
  /** There is no more to observe: an open alert is over, however many successes its rule asks for. */
  final?: true
  /** When it failed, where that was some time before it is observed. */
  at?: Date
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
    const changes = await readRuleChanges(tx)
    for (let rest = streaks; rest.length > 0;) {
      const round = firstOfEach(rest)
      await observeRound(tx, [...round.values()], changes)
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
> & {
  /** It flaps: it is not resolved, and its changes are noted. */
  flapping?: boolean
  turned?: boolean
}

/** At most one streak of each name. */
async function observeRound(tx: ISql, streaks: Streak[], changes: RuleChange[]): Promise<void> {
  await lockNames(
    tx,
    streaks.filter(({ ok }) => !ok),
  )
  const open = new Map((await lockOpen(tx, streaks)).map((incident) => [nameOf(incident), incident]))
  const changed: Incident[] = []
  const forgotten: string[] = []
  for (const streak of streaks) {
    const before = open.get(nameOf(streak))
    const settings = settingsOf(changes, { alias: before?.alias ?? null, ...streak })
    const after = streak.ok ? before && recovered(before, streak, settings) : failed(before, streak, settings)
    if (after === 'forgotten') forgotten.push(before!.id)
    else if (after) changed.push(after)
  }
  if (forgotten.length > 0) await tx`delete from alerts where id = any(${forgotten})`
  if (changed.length > 0) await save(tx, changed)
  await markConsequences(tx, streaks)
  // First every state, then what is told: one that fires now may inhibit another of the same round.
  const fired = changed.filter((one) => one.state === 'firing' && open.get(nameOf(one))?.state !== 'firing')
  if (fired.length > 0) {
    await markFlapping(tx, changes, fired)
    await writeDue(tx, idsOf(fired))
  }
  const resolved = changed.filter(({ state }) => state === 'resolved')
  if (resolved.length > 0) await writeResolved(tx, idsOf(resolved), changes)
  if (changed.length + forgotten.length > 0) await tx`select pg_notify(${ALERTS_CHANGED}, '')`
}

function failed(
  before: Incident | undefined,
  { rule, subject, alias, detail, count }: Streak,
  { severity, failures: needed, successes }: Settings,
): Incident {
  const known = before ?? {
    id: Bun.randomUUIDv7(),
    rule,
    subject,
    severity,
    state: 'pending',
    failures: 0,
    successes: 0,
  }
  const failures = known.failures + count
  const state = known.state === 'firing' || failures >= needed ? 'firing' : 'pending'
  const turned = known.successes >= successes
  return { ...known, state, failures, successes: 0, detail, alias: alias ?? before?.alias ?? null, turned }
}

function recovered(
  before: Incident,
  { count, final }: Streak,
  { successes: needed }: Settings,
): Incident | 'forgotten' {
  if (before.state === 'pending') return 'forgotten'
  const successes = before.successes + count
  const well = final === true || successes >= needed
  const turned = well && before.successes < needed
  return { ...before, successes, state: well && (final || !before.flapping) ? 'resolved' : before.state, turned }
}

/** Of those observed now that failed at an earlier time: whether a cause of theirs fired then. */
async function markConsequences(tx: ISql, streaks: Streak[]): Promise<void> {
  const late = streaks.flatMap(({ rule, subject, ok, at }) => (ok || !at ? [] : [{ rule, subject, at }]))
  if (late.length === 0) return
  await tx`
    update alerts a set caused_by = (
      select cause.id from alerts cause
      join jsonb_to_recordset(${tx.json(INHIBITIONS)}) as i(by text, rule text) on i.by = cause.rule and i.rule = a.rule
      where cause.fired_at is not null and l.at >= cause.opened_at - make_interval(secs => ${NOTICED_AFTER_S})
        and l.at <= coalesce(cause.resolved_at, 'infinity')
      order by cause.opened_at desc limit 1)
    from jsonb_to_recordset(${tx.json(late as never)}) as l(rule text, subject text, at timestamptz)
    where a.rule = l.rule and a.subject = l.subject and a.state <> 'resolved'`
}

/** A cause begins up to so long before the first look that it fails. */
const NOTICED_AFTER_S = 60

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
    select id, rule, subject, alias, severity, state, failures, successes, detail,
      flapping_at is not null and steady_at is null as flapping
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
    insert into alerts
      (id, rule, subject, alias, severity, state, failures, successes, detail, fired_at, resolved_at, turned_at)
    select id, rule, subject, alias, severity, state, failures, successes, detail,
      case when state <> 'pending' then now() end, case when state = 'resolved' then now() end, case when turned then now() end
    from jsonb_to_recordset(${tx.json(incidents as never)}) as i(id uuid, rule text, subject text, alias text,
      severity text, state text, failures int, successes int, detail jsonb, turned boolean)
    on conflict (id) do update set state = excluded.state, alias = excluded.alias, failures = excluded.failures,
      successes = excluded.successes, detail = excluded.detail,
      last_failed_at = case when excluded.failures > alerts.failures then now() else alerts.last_failed_at end,
      fired_at = coalesce(alerts.fired_at, excluded.fired_at), resolved_at = excluded.resolved_at,
      turned_at = coalesce(excluded.turned_at, alerts.turned_at),
      changed_at = clock_timestamp()`
}

function inStreaks(observations: Observation[]): Streak[] {
  const streaks: Streak[] = []
  const last = new Map<string, Streak>()
  for (const { rule, ok, alias, at, final, subject: raw, detail = '' } of observations) {
    const subject = storableName(raw)
    const name = nameOf({ rule, subject })
    const before = last.get(name)
    const next = {
      rule,
      subject,
      ok,
      detail: storableDetail(detail),
      count: 1,
      ...(alias && { alias }),
      ...(at && { at }),
      ...(final && { final }),
    }
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
