/**
 * What is kept for so many days and then deleted. Each function deletes at most `limit` rows that are over and older
 * than `days`, in one short statement that waits for nobody, and returns how many: call it until that is 0. What still
 * runs, is open or has not been handled has no age here.
 */
import type { Sql } from 'postgres'

type Delete = (sql: Sql, days: number, limit: number) => Promise<number>

/** The lines of runs that have ended. */
export const deleteRunLogs: Delete = async (sql, days, limit) => {
  const { count } = await sql`
    delete from run_logs where id in (
      select l.id from run_logs l join runs r on r.id = l.run_id
      where r.finished_at < now() - make_interval(days => ${days}) order by l.id limit ${limit}
    )`
  return count
}

/** Runs that have ended, with their attempts, steps and lines; those with many lines have lost them before. */
export const deleteRuns: Delete = async (sql, days, limit) => {
  const { count } = await sql`
    delete from runs where id in (
      select id from runs where finished_at < now() - make_interval(days => ${days})
        and not exists (select from run_logs where run_id = runs.id offset 1000)
      order by finished_at limit ${limit} for update skip locked
    )`
  return count
}

/** Slots whose whole stretch is that old and whose run, if they made one, is gone. */
export const deleteSlots: Delete = async (sql, days, limit) => {
  const { count } = await sql`
    delete from slots where (job, slot) in (
      select s.job, s.slot from slots s
      where coalesce(s.slot_until, s.slot) < now() - make_interval(days => ${days}) and s.state <> 'queued'
        and not exists (select from runs where runs.job = s.job and runs.slot = s.slot)
      limit ${limit} for update skip locked
    )`
  return count
}

export const deleteProbeSamples: Delete = async (sql, days, limit) => {
  const { count } = await sql`
    delete from probe_samples where tick in (
      select tick from probe_samples where tick < now() - make_interval(days => ${days}) order by tick limit ${limit}
    )`
  return count
}

export const deleteApiMinutes: Delete = async (sql, days, limit) => {
  const { count } = await sql`
    delete from api_minutes where minute in (
      select minute from api_minutes where minute < now() - make_interval(days => ${days}) order by minute limit ${limit}
    )`
  return count
}

/** Sessions that have ended, with their refresh tokens. */
export const deleteSessions: Delete = async (sql, days, limit) => {
  const { count } = await sql`
    delete from sessions where id in (
      select id from sessions where least(expires_at, revoked_at) < now() - make_interval(days => ${days})
      limit ${limit} for update skip locked
    )`
  return count
}

/** Sign-ins that were never completed. They expire within minutes. */
export const deleteLoginChallenges: Delete = async (sql, days, limit) => {
  const { count } = await sql`
    delete from login_challenges where hash in (
      select hash from login_challenges where expires_at < now() - make_interval(days => ${days})
      limit ${limit} for update skip locked
    )`
  return count
}

/** Answers to requests that may be sent again; also of users who never send one again, whose next would sweep them. */
export const deleteIdempotencyKeys: Delete = async (sql, days, limit) => {
  const { count } = await sql`
    delete from idempotency_keys where (user_id, key) in (
      select user_id, key from idempotency_keys where created_at < now() - make_interval(days => ${days})
      limit ${limit} for update skip locked
    )`
  return count
}

/** Alerts that are over, with their notifications; one with a notification still on its way stays. */
export const deleteAlerts: Delete = async (sql, days, limit) => {
  const { count } = await sql`
    delete from alerts where id in (
      select id from alerts where state = 'resolved' and resolved_at < now() - make_interval(days => ${days})
        and not exists (
          select from alert_notifications n where n.alert_id = alerts.id and n.sent_at is null and n.dead_at is null)
      limit ${limit} for update skip locked
    )`
  return count
}

export const deleteSilences: Delete = async (sql, days, limit) => {
  const { count } = await sql`
    delete from silences where id in (
      select id from silences where ends_at < now() - make_interval(days => ${days}) limit ${limit} for update skip locked
    )`
  return count
}

/** Ids of events that have been processed: sent again after that, such an event is a new one. */
export const deleteEventIds: Delete = async (sql, days, limit) => {
  const { count } = await sql`
    delete from events_seen where event_id in (
      select event_id from events_seen where processed_at < now() - make_interval(days => ${days})
      limit ${limit} for update skip locked
    )`
  return count
}

/** What the cache's own writes have not come to sweep. */
export const deleteCacheEntries: Delete = async (sql, days, limit) => {
  const { count } = await sql`
    delete from cache_entries where key in (
      select key from cache_entries where expires_at <= now() - make_interval(days => ${days})
      limit ${limit} for update skip locked
    )`
  return count
}

/** What the journal's own writes have not come to sweep. */
export const deleteJournalDocuments: Delete = async (sql, days, limit) => {
  const { count } = await sql`
    delete from journal_documents where (collection, id) in (
      select collection, id from journal_documents where expires_at <= now() - make_interval(days => ${days})
      limit ${limit} for update skip locked
    )`
  return count
}
