import { sql } from 'drizzle-orm'
import { bigserial, check, index, integer, jsonb, pgTable, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { Translated } from '../../lib/texts.ts'
import { time, written } from '../engines/postgres/columns.ts'
import { SEVERITIES, type Alias, type RuleName } from './rules.ts'
import type { RuleChange } from './settings.ts'

/** A failure in words, and where they are known a command that shows more of it, and its path below PUBLIC_URL. */
export type Detail = string | (Translated & { command?: string; path?: string })

/** `pending`: it failed, but not yet as often as its rule asks for. One that never fires leaves no row. */
export const ALERT_STATES = ['pending', 'firing', 'resolved'] as const
/** `flapping` is in place of `firing`. */
export const NOTIFICATION_KINDS = ['firing', 'reminder', 'resolved', 'flapping'] as const

/** A row for each incident of a rule and a subject, from its first failure to its end. */
export const alerts = pgTable(
  'alerts',
  {
    id: uuid().primaryKey(),
    rule: text().$type<RuleName>().notNull(),
    /** Another name of the rule, where the incident came under that. */
    alias: text().$type<Alias>(),
    /** The job, engine or disk that failed. */
    subject: text().notNull(),
    severity: text({ enum: SEVERITIES }).notNull(),
    state: text({ enum: ALERT_STATES }).notNull(),
    /** Failing observations so far, and good ones in a row since the last of them. */
    failures: integer().notNull(),
    successes: integer().notNull().default(0),
    /** The last failure. */
    detail: jsonb().$type<Detail>().notNull(),
    /** First failure; when it fired; when it was over. Response time is from fired_at to the earlier of the last two. */
    opened_at: written(),
    last_failed_at: written(),
    fired_at: time(),
    resolved_at: time(),
    acknowledged_at: time(),
    /** By name: it outlives the user. */
    acknowledged_by: text(),
    /** What they know of it, or are doing about it. */
    acknowledged_note: text(),
    /** The alert that it is a consequence of for good, since what failed did so while that fired: not told. */
    caused_by: uuid(),
    /** When it had fired and recovered so often that its changes are no longer told, and when that was over. */
    flapping_at: time(),
    steady_at: time(),
    /** Its last change between failing and well, while it flaps. */
    turned_at: time(),
    /** For the live stream; not now(), which is when the transaction began. */
    changed_at: time()
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (t) => [
    uniqueIndex('alerts_open')
      .on(t.rule, t.subject)
      .where(sql`${t.state} <> 'resolved'`),
    index('alerts_opened').on(t.opened_at.desc(), t.id.desc()),
    index('alerts_changed').on(t.changed_at),
    check('alerts_state', sql`${t.state} in ('pending', 'firing', 'resolved')`),
    check('alerts_severity', sql`${t.severity} in ('INFO', 'WARNING', 'ERROR', 'CRITICAL')`),
    check('alerts_times', sql`(${t.fired_at} is null) = (${t.state} = 'pending')`),
  ],
)

/** The outbox: a row for each alert to be told on a channel, written with the alert's state and delivered by its claimer. */
export const alert_notifications = pgTable(
  'alert_notifications',
  {
    /** In order per alert: its writers hold the alert's row. */
    id: bigserial({ mode: 'number' }).primaryKey(),
    alert_id: uuid()
      .notNull()
      .references(() => alerts.id, { onDelete: 'cascade' }),
    channel: text().notNull(),
    kind: text({ enum: NOTIFICATION_KINDS }).notNull(),
    /** Which reminder it is; 0 for the other kinds. Keeps two sweeps from writing the same one. */
    number: integer().notNull().default(0),
    /** The alert's words at that time. */
    detail: jsonb().$type<Detail>().notNull(),
    created_at: written(),
    /** Deliveries begun; the last one fences how it went. */
    attempts: integer().notNull().default(0),
    /** When it may be tried: now, after a delay, or when the lease of its claimer is over. */
    available_at: written(),
    sent_at: time(),
    /** Given up at that time. */
    dead_at: time(),
    /** The channel's last answer, and the same in Portuguese. */
    last_error: text(),
    last_error_pt: text(),
  },
  (t) => [
    unique('alert_notifications_once').on(t.alert_id, t.channel, t.kind, t.number),
    index('alert_notifications_due')
      .on(t.channel, t.available_at, t.id)
      .where(sql`${t.sent_at} is null and ${t.dead_at} is null`),
    index('alert_notifications_sent')
      .on(t.channel, t.sent_at)
      .where(sql`${t.sent_at} is not null`),
    check('alert_notifications_kind', sql`${t.kind} in ('firing', 'reminder', 'resolved', 'flapping')`),
  ],
)

/** The channels that running replicas have configured; observers write notifications for these. */
export const alert_channels = pgTable('alert_channels', {
  name: text().primaryKey(),
  /** Alerts below this are not told there. */
  min_severity: text({ enum: SEVERITIES }).notNull(),
  seen_at: written(),
})

/** One row: what the rules file of the replica that started last changes in the rules (settings.ts). */
export const alert_rules = pgTable(
  'alert_rules',
  { id: integer().primaryKey().default(1), changes: jsonb().$type<RuleChange[]>().notNull(), seen_at: written() },
  (t) => [check('alert_rules_one', sql`${t.id} = 1`)],
)

/** While one lasts, what it matches is recorded and not told; it ends by itself. */
export const silences = pgTable(
  'silences',
  {
    id: uuid().primaryKey(),
    /** null: every rule. */
    rule: text().$type<RuleName | Alias>(),
    /** null: every subject. */
    subject: text(),
    starts_at: written(),
    ends_at: time().notNull(),
    reason: text().notNull(),
    created_by: text().notNull(),
    created_at: written(),
  },
  (t) => [
    index('silences_ends').on(t.ends_at.desc(), t.id.desc()),
    check('silences_times', sql`${t.ends_at} > ${t.starts_at}`),
  ],
)
