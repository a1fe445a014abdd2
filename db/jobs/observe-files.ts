/**
 * Files of jobs that cannot be used by some replica. Their jobs do not run, or not as they are now: nobody would hear of it
 * before somebody misses what they do.
 */
import type { Sql } from 'postgres'
import { storableName } from '../engines/postgres/storable.ts'
import { openSubjects } from '../alerts/alerts.ts'
import { observe } from '../alerts/observe.ts'
import { fileProblems } from './replicas.ts'

const RULE = 'JOB_INVALID'

/**
 * Alerts are as the replicas' rows say: of a file that one of them cannot use, until none has a problem with it. `changed`:
 * files whose problem is another than before.
 */
export async function observeFiles(sql: Sql, changed: ReadonlySet<string> = new Set()): Promise<void> {
  const bad = new Map((await fileProblems(sql)).map((problem) => [storableName(problem.file), problem]))
  const open = await openSubjects(sql, RULE)
  await observe(sql, [
    ...[...bad]
      .filter(([subject, { file }]) => !open.includes(subject) || changed.has(file))
      .map(([subject, { sentence }]) => ({ rule: RULE, subject, ok: false, detail: sentence }) as const),
    ...open.filter((subject) => !bad.has(subject)).map((subject) => ({ rule: RULE, subject, ok: true }) as const),
  ])
}
