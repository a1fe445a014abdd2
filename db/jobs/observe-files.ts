/**
 * Files of jobs that cannot be used. Their jobs do not run, not even late: nobody would hear of it before somebody misses
 * what they do.
 */
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { storableName } from '../engines/postgres/storable.ts'
import { openSubjects } from '../alerts/alerts.ts'
import { observe } from '../alerts/observe.ts'
import type { Translated } from '../../lib/texts.ts'
import type { FileProblem } from './table.ts'

const RULE = 'JOB_INVALID'

/** `files` are below `folder`; alerts of others there are resolved: those files are well again, or gone. */
export async function observeFiles(
  sql: Sql,
  folder: string,
  files: Array<Pick<FileProblem, 'file' | 'sentence'>>,
): Promise<void> {
  const open = await openSubjects(sql, RULE, join(folder, '/'))
  const bad = files.map(({ file, sentence }) => ({ subject: storableName(file), detail: inBoth(sentence) }))
  const over = open.filter((subject) => !bad.some((one) => one.subject === subject))
  await observe(sql, [
    ...bad.map((one) => ({ rule: RULE, ok: false, ...one }) as const),
    ...over.map((subject) => ({ rule: RULE, subject, ok: true }) as const),
  ])
}

/** The error itself is as it came. */
const inBoth = (sentence: string): Translated => ({
  en: sentence,
  pt: sentence
    .replace(' is not used as it is now: ', ' não vale como está agora: ')
    .replace(' is not used: ', ' não pode ser usado: ')
    .replace(/The job (\S+) goes on in its last good version\.$/, 'O job $1 continua na última versão boa.'),
})
