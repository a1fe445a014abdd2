/** Reads the files of jobs as the jobs program would, before they are where it finds them. Needs no database. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { missingDefaults } from '../../db/jobs/conf-schema.ts'
import type { FileProblem } from '../../db/jobs/table.ts'
import { targetOf } from '../../db/monitors/spec.ts'
import { parseWords, printRows, wrongUsage } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { textIn } from '../../lib/texts.ts'
import { JobFiles } from '../files/job-files.ts'
import { USAGE } from './command.ts'

/** Checks the file that the words name beside those of the folder, or all; exit code 1 when one cannot be used. */
export async function check(words: string[], jobs_dir: string): Promise<number> {
  const { values, positionals } = parseWords(words, { json: { type: 'boolean', default: false } }, USAGE)
  if (positionals.length > 1) wrongUsage('Name one file, or none for all of them.', USAGE)
  const file = positionals[0] === undefined ? undefined : fileNamed(positionals[0])
  const files = new JobFiles(jobs_dir, file)
  await files.look({ first: true })
  await files.settle()
  const counts = (path: string | null) => file === undefined || path === file
  const problems = files.problems.filter((problem) => counts(problem.file))
  const jobs = [...files.jobs.values()].filter((job) => counts(job.file))
  const rows = jobs.map(({ name, schedule, timezone, file, conf_schema }) => {
    const missing = missingDefaults(conf_schema)
    const warning = missing.length > 0 ? `a scheduled run lacks ${missing.join(', ')}: give defaults` : null
    return { name, schedule, timezone, file, warning }
  })
  const monitors = [...files.monitors.live.values()].filter((one) => counts(one.file))
  const watched = monitors.map((one) => ({ monitor: one.name, kind: one.kind, target: targetOf(one), file: one.file }))
  if (values.json) printRows([...rows, ...watched, ...problems.map(inEnglish)], true)
  else {
    if (rows.length > 0) printRows(rows, false)
    if (watched.length > 0) printRows(watched, false)
    for (const { sentence } of problems.map(inEnglish)) process.stderr.write(`${sentence}\n`)
  }
  return problems.length > 0 ? EXIT.failed : EXIT.done
}

const inEnglish = (problem: FileProblem) => ({ ...problem, sentence: textIn(problem.sentence, 'en') })

function fileNamed(path: string): string {
  const index = join(path, 'index.ts')
  const file = resolve(existsSync(index) ? index : path)
  return existsSync(file) ? file : wrongUsage(`There is no file ${path}.`, USAGE)
}
