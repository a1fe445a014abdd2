/**
 * Files of jobs that cannot be used by some replica. Their jobs do not run, or not as they are now: nobody would hear of it
 * before somebody misses what they do.
 */
import type { Sql } from 'postgres'
import { storableName } from '../engines/postgres/storable.ts'
import { openSubjects } from '../alerts/alerts.ts'
import { observe } from '../alerts/observe.ts'
import type { Translated } from '../../lib/texts.ts'
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
      .map(([subject, { sentence }]) => ({ rule: RULE, subject, ok: false, detail: inBoth(sentence) }) as const),
    ...open.filter((subject) => !bad.has(subject)).map((subject) => ({ rule: RULE, subject, ok: true }) as const),
  ])
}

/** The error itself is as it came. */
const inBoth = (sentence: string): Translated => ({
  en: sentence,
  pt: sentence
    .replace(' is not used as it is now: ', ' não vale como está agora: ')
    .replace(' is not used: ', ' não pode ser usado: ')
    .replace(/^The jobs' folder cannot be read: /, 'A pasta dos jobs não pode ser lida: ')
    .replace(/All jobs go on as they are\.$/, 'Todos os jobs continuam como estão.')
    .replace(/Its monitors go on as they were\.$/, 'Os monitores dele continuam como estavam.')
    .replace(/The job (\S+) goes on in its last good version\.$/, 'O job $1 continua na última versão boa.'),
})
