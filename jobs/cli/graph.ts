import { listJobs } from '../../db/jobs/jobs.ts'
import { parseWords, printRows, wrongUsage } from '../../lib/command-line.ts'
import { EXIT } from '../../lib/program.ts'
import { NOTHING_REGISTERED, USAGE, type Command } from './command.ts'

/** Which jobs run after which: each under those it comes after. */
export const graph: Command = (words) => {
  const { values, positionals } = parseWords(words, { json: { type: 'boolean', default: false } }, USAGE)
  if (positionals.length > 0) wrongUsage('graph takes no names.', USAGE)
  return async (sql) => {
    const jobs = await listJobs(sql)
    if (values.json)
      printRows(
        jobs.map(({ name, after, schedule }) => ({ name, schedule, after: after ?? [] })),
        true,
      )
    else if (jobs.length === 0) process.stderr.write(`${NOTHING_REGISTERED}\n`)
    else process.stdout.write(`${linesOf(jobs).join('\n')}\n`)
    return EXIT.done
  }
}

interface Node {
  name: string
  schedule: string
  after: string[] | null
}

/** One that comes after several is under each of them, and says so; what comes after it is under it once. */
export function linesOf(jobs: Node[]): string[] {
  const known = new Set(jobs.map(({ name }) => name))
  const below = (name: string) => jobs.filter(({ after }) => after?.includes(name))
  // What should come before it may be gone.
  const roots = jobs.filter(({ after }) => !after?.some((name) => known.has(name)))
  const lines: string[] = []
  const shown = new Set<string>()
  function show(job: Node, above: string, first: string, rest: string): void {
    const others = job.after?.filter((name) => name !== above) ?? []
    const note = above === '' ? job.schedule : others.length > 0 ? `once ${others.join(' and ')} succeeded, too` : ''
    lines.push(`${first}${job.name}${note && `  (${note})`}`)
    const next = below(job.name)
    if (next.length > 0 && shown.has(job.name)) return void lines.push(`${rest}└─ …`)
    shown.add(job.name)
    for (const [i, one] of next.entries()) {
      const is_last = i === next.length - 1
      show(one, job.name, `${rest}${is_last ? '└─ ' : '├─ '}`, `${rest}${is_last ? '   ' : '│  '}`)
    }
  }
  for (const root of roots) show(root, '', '', '')
  return lines
}
