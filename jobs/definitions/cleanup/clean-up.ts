/**
 * Deletes what has been kept for long enough, kind by kind, in small batches with a breath between them. One kind that
 * cannot be cleaned does not keep the others from it. The result says how many of each went.
 */
import type { Sql } from 'postgres'
import { deleteAudit } from '../../../db/audit/audit.ts'
import { deleteOldAttempts } from '../../../db/users/sign-in/attempt-counts.ts'
import { sleep } from '../../../lib/retry.ts'
import * as retention from '../../../db/retention.ts'
import { deleteFinishedMessages } from '../../../db/engines/stream/sql/messages.ts'
import { AppError, messageOf } from '../../../lib/errors.ts'
import type { JobContext } from '../../job.ts'
import type { JobSettings } from '../../settings.ts'
import { deleteOldFiles, deleteOldReports } from './delete-files.ts'

const BATCH_ROWS = 1_000
/** So that others get their turn with the disk. */
const BREATH_MS = 20
const DAY_S = 86_400

/** Throws AppError when a kind could not be cleaned; the others are clean then. */
export async function cleanUp(
  { log, signal, roles }: Pick<JobContext, 'log' | 'signal' | 'roles'>,
  keep: JobSettings['keep_days'],
): Promise<Record<string, number>> {
  const { sql, objects } = roles
  const removed: Record<string, number> = {}
  const problems: string[] = []
  for (const [kind, deleteSome] of kindsOf(sql, keep)) await clean(kind, deleteSome)
  // Of every batch the rows, then the files.
  await clean('reports', () => deleteOldReports(sql, objects, keep.reports, signal))
  await clean('files', () => deleteOldFiles(sql, objects, keep.probe, signal))
  if (problems.length > 0)
    throw new AppError(
      'internal',
      'cleanup_incomplete',
      `${problems.length} kinds could not be cleaned up. ${problems[0]}`,
    )
  return removed

  async function clean(kind: string, deleteSome: () => Promise<number>): Promise<void> {
    let total = 0
    try {
      for (let count = -1; count !== 0; total += count) {
        signal.throwIfAborted()
        count = await deleteSome()
        if (count > 0) await sleep(BREATH_MS, signal)
      }
    } catch (thrown) {
      signal.throwIfAborted()
      problems.push(`${kind}: ${messageOf(thrown)}`)
      log.error(`${kind} could not be cleaned up: ${messageOf(thrown)}`)
    }
    if (total > 0) {
      removed[kind] = total
      log.info(`${total} of ${kind} removed`)
    }
  }
}

/** In an order in which nothing is left behind: lines before runs, runs before slots. */
function kindsOf(sql: Sql, keep: JobSettings['keep_days']): Array<[string, () => Promise<number>]> {
  const rows = (deleteSome: (sql: Sql, days: number, limit: number) => Promise<number>, days: number) => () =>
    deleteSome(sql, days, BATCH_ROWS)
  return [
    ['run_logs', rows(retention.deleteRunLogs, Math.min(keep.run_logs, keep.runs))],
    ['runs', rows(retention.deleteRuns, keep.runs)],
    ['slots', rows(retention.deleteSlots, keep.runs)],
    ['probe_samples', rows(retention.deleteProbeSamples, keep.probe)],
    ['api_minutes', rows(retention.deleteApiMinutes, keep.probe)],
    ['audit', rows(deleteAudit, keep.audit)],
    ['sessions', rows(retention.deleteSessions, keep.sessions)],
    ['login_challenges', rows(retention.deleteLoginChallenges, 1)],
    ['login_attempts', () => deleteOldAttempts(sql, BATCH_ROWS)],
    ['idempotency_keys', rows(retention.deleteIdempotencyKeys, 1)],
    ['alerts', rows(retention.deleteAlerts, keep.alerts)],
    ['silences', rows(retention.deleteSilences, keep.alerts)],
    ['events_seen', rows(retention.deleteEventIds, keep.events_seen)],
    ['cache_entries', rows(retention.deleteCacheEntries, 0)],
    ['journal_documents', rows(retention.deleteJournalDocuments, 0)],
    ['stream_messages', () => deleteFinishedMessages(sql, keep.stream * DAY_S)],
  ]
}
