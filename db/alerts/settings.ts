/**
 * What holds for an alert: its rule, and over that what the team's file (rules-file.ts) changes for its subject, the last
 * change first. The file's changes are in the database, so that every program that observes something goes by the same.
 */
import type { ISql } from 'postgres'
import { ruleOf, type Alias, type Rule, type RuleName } from './rules.ts'

export interface Settings extends Omit<Rule, 'inhibits' | 'inhibits_own'> {
  /** In the rule's unit (THRESHOLDS; durations in seconds); null: as the environment says. */
  threshold: number | null
  /** In seconds, of a rule about a count that is about a duration, too; null: as the environment says. */
  threshold_s: number | null
  /** null: every channel that takes its severity. alerts.log has all. */
  channels: string[] | null
  /** At these times it is recorded, and told when they are over, if it still fires. */
  quiet: QuietHours[]
  /** Recorded and never told. */
  mute: boolean
  /** Damps what fires for the `times`th time `within_s`, until it has not changed for `steady_s`; null: nothing. */
  flapping: { times: number; within_s: number; steady_s: number } | null
}

export interface QuietHours {
  /** Minutes of the zone's day, `to` up to 1440; over midnight where `from` is later. */
  from: number
  to: number
  /** Those on which they begin, 0 for Sunday. */
  days: number[]
  timezone: string
}

/** An entry of the file. */
export interface RuleChange {
  /** null: all. */
  rules: Array<RuleName | Alias> | null
  /** Globs, of which one matches the subject; null: any subject. */
  subjects: string[] | null
  set: Partial<Settings>
}

/** A job that fails every other time was 12 messages in three minutes; now it is five, and one when it is over. */
const FLAPPING = { times: 3, within_s: 3600, steady_s: 1200 }
const UNCHANGED = { threshold: null, threshold_s: null, channels: null, quiet: [], mute: false, flapping: FLAPPING }

export interface Named {
  rule: RuleName
  subject: string
  alias?: Alias | null
}

export function settingsOf(changes: RuleChange[], { rule, subject, alias }: Named): Settings {
  const fitting = changes.filter(
    ({ rules, subjects }) =>
      (rules === null || rules.includes(rule) || (alias != null && rules.includes(alias))) &&
      (subjects === null || subjects.some((glob) => new Bun.Glob(glob).match(subject))),
  )
  return Object.assign({ ...UNCHANGED, ...ruleOf(rule) }, ...fitting.map(({ set }) => set))
}

/** Until when it is quiet at `now`; null when it is not. */
export function quietUntil(quiet: QuietHours[], now: Date): Date | null {
  let end: Date | null = null
  // Quiet hours may follow one another; those of a whole week end nowhere.
  for (let turn = 0; turn <= 14; turn++) {
    const at: Date = end ?? now
    const left = quiet.map((hours) => minutesLeft(hours, at)).filter((minutes) => minutes > 0)
    if (left.length === 0) break
    end = new Date(at.getTime() + Math.max(...left) * 60_000)
  }
  return end
}

/** Of the hours that it is in; on the day when the clock changes up to an hour too many or too few. */
function minutesLeft({ from, to, days, timezone }: QuietHours, at: Date): number {
  const { weekday, hour, minute, second } = Object.fromEntries(
    new Intl.DateTimeFormat('en', {
      timeZone: timezone,
      weekday: 'short',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      hourCycle: 'h23',
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  ) as Record<string, string>
  const day = DAYS.indexOf(weekday!.toLowerCase() as (typeof DAYS)[number])
  const now = Number(hour) * 60 + Number(minute) + Number(second) / 60
  const over_midnight = to <= from
  if (now >= from && (over_midnight || now < to) && days.includes(day)) return (over_midnight ? to + DAY_MIN : to) - now
  const began_yesterday = over_midnight && now < to && days.includes((day + 6) % 7)
  return began_yesterday ? to - now : 0
}

export const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
export const DAY_MIN = 1440

/** Records what this replica's file changes; said once, when it starts. */
export async function nameRuleChanges(sql: ISql, changes: RuleChange[]): Promise<void> {
  await sql`
    insert into alert_rules (changes) values (${sql.json(changes as never)})
    on conflict (id) do update set changes = excluded.changes, seen_at = now()`
}

export async function readRuleChanges(sql: ISql): Promise<RuleChange[]> {
  const [row] = await sql<{ changes: RuleChange[] }[]>`select changes from alert_rules`
  return row?.changes ?? []
}
