/**
 * Deletes old rows and files, kind by kind, in small batches with pauses between them. A kind that fails does not keep the
 * others from being cleaned. The result has the number of each that was deleted.
 */
import type { Sql } from 'postgres'
import { deleteOldAlerts } from '../../../db/alerts/alerts.ts'
import { deleteOldSilences } from '../../../db/alerts/silences.ts'
import { deleteOldAudit } from '../../../db/audit/audit.ts'
import { emptyBin } from '../../../db/dead-letters/bin.ts'
import { deleteOldReplays } from '../../../db/dead-letters/replays/retention.ts'
import { deleteExpiredEntries } from '../../../db/engines/cache/sql/cache.ts'
import { deleteExpiredDocuments } from '../../../db/engines/journal/sql/journal.ts'
import { deleteFinishedMessages } from '../../../db/engines/stream/sql/messages.ts'
import { deleteOldEventIds, deleteOldEventReplays } from '../../../db/events/ledger.ts'
import { deleteOldKeys } from '../../../db/idempotency/keys.ts'
import { deleteOldRunLogs, deleteOldRuns, deleteOldSlots } from '../../../db/jobs/retention.ts'
import { deleteOldMinutes } from '../../../db/monitoring/api-minutes.ts'
import { deleteOldSamples } from '../../../db/monitoring/probe.ts'
import { deleteGoneMonitors, deleteOldMonitorEvents, deleteOldMonitorHours } from '../../../db/monitors/retention.ts'
import { deleteOldReplayMarks } from '../../../db/people/letters.ts'
import { deleteOldNotices } from '../../../db/users/notices.ts'
import { deleteOldSessions } from '../../../db/users/sessions.ts'
import { deleteOldChallenges } from '../../../db/users/sign-in/challenges.ts'
import { deleteOldAttempts } from '../../../db/users/sign-in/attempt-counts.ts'
import { sleep } from '../../../lib/retry.ts'
import { AppError, sentenceOf } from '../../../lib/errors.ts'
import type { Translated } from '../../../lib/texts.ts'
import type { JobContext } from '../../job.ts'
import type { JobSettings } from '../../settings.ts'
import { deleteOldFiles, deleteOldReports } from './delete-files.ts'

const BATCH_ROWS = 1_000
/** Leaves the disk to others between two batches. */
const PAUSE_MS = 20
const DAY_S = 86_400

/** Throws AppError when a kind could not be cleaned; the others have been by then. */
export async function cleanUp(
  { log, signal, roles }: Pick<JobContext, 'log' | 'signal' | 'roles'>,
  keep: JobSettings['keep_days'],
): Promise<Record<string, number>> {
  const { sql, objects } = roles
  const removed: Record<string, number> = {}
  const problems: Translated[] = []
  for (const [kind, deleteSome] of kindsOf(sql, keep)) await clean(kind, deleteSome)
  // Of each batch first the rows, then the files.
  await clean('reports', () => deleteOldReports(sql, objects, keep.reports, signal))
  await clean('files', () => deleteOldFiles(sql, objects, keep.probe, signal))
  if (problems.length > 0)
    throw new AppError('internal', 'cleanup_incomplete', {
      en: `${problems.length} kinds could not be cleaned up. ${problems[0]!.en}`,
      pt: `A limpeza falhou em ${problems.length} tipo(s) de dados. ${problems[0]!.pt}`,
    })
  return removed

  async function clean(kind: string, deleteSome: () => Promise<number>): Promise<void> {
    let total = 0
    try {
      for (let count = -1; count !== 0; total += count) {
        signal.throwIfAborted()
        count = await deleteSome()
        if (count > 0) await sleep(PAUSE_MS, signal)
      }
    } catch (thrown) {
      signal.throwIfAborted()
      const why = sentenceOf(thrown)
      problems.push({ en: `${kind}: ${why.en}`, pt: `${kind}: ${why.pt}` })
      log.error(`${kind} could not be cleaned up: ${why.en}`)
    }
    if (total > 0) {
      removed[kind] = total
      log.info(`${total} of ${kind} removed`)
    }
  }
}

/** In an order that leaves no orphans: lines before runs, runs before slots. */
function kindsOf(sql: Sql, keep: JobSettings['keep_days']): Array<[string, () => Promise<number>]> {
  const older = (deleteSome: (sql: Sql, days: number, limit: number) => Promise<number>, days: number) => () =>
    deleteSome(sql, days, BATCH_ROWS)
  const over = (deleteSome: (sql: Sql, limit: number) => Promise<number>) => () => deleteSome(sql, BATCH_ROWS)
  return [
    ['run_logs', older(deleteOldRunLogs, Math.min(keep.run_logs, keep.runs))],
    ['runs', older(deleteOldRuns, keep.runs)],
    ['slots', older(deleteOldSlots, keep.runs)],
    ['probe_samples', older(deleteOldSamples, keep.probe)],
    ['api_minutes', older(deleteOldMinutes, keep.probe)],
    ['monitor_hours', older(deleteOldMonitorHours, keep.monitors)],
    ['monitor_events', older(deleteOldMonitorEvents, keep.monitors)],
    ['monitors', older(deleteGoneMonitors, keep.monitors)],
    ['audit', older(deleteOldAudit, keep.audit)],
    ['sessions', older(deleteOldSessions, keep.sessions)],
    // Addresses of people, which nobody needs once they are told.
    ['user_notices', older(deleteOldNotices, 30)],
    ['login_challenges', older(deleteOldChallenges, 1)],
    ['login_attempts', over(deleteOldAttempts)],
    ['idempotency_keys', over(deleteOldKeys)],
    ['alerts', older(deleteOldAlerts, keep.alerts)],
    ['silences', older(deleteOldSilences, keep.alerts)],
    ['dead_letters', over(emptyBin)],
    ['replays', over(deleteOldReplays)],
    ['people_replayed', over(deleteOldReplayMarks)],
    ['events_seen', older(deleteOldEventIds, keep.events_seen)],
    // Replays that are followed for longer never end.
    ['event_replays', older(deleteOldEventReplays, 90)],
    ['cache_entries', over(deleteExpiredEntries)],
    ['journal_documents', over(deleteExpiredDocuments)],
    ['stream_messages', () => deleteFinishedMessages(sql, keep.stream * DAY_S)],
  ]
}
