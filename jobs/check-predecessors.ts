/** Checks jobs that run after others: the job that `after` names must exist, and none may run after itself. */
import type { Job } from './job.ts'

/** Removes from `jobs` those that could never run, and those that would run after them; returns a sentence for each. */
export function removeUnfollowable(jobs: Map<string, Job>): Array<{ name: string; problem: string }> {
  const problems: Array<{ name: string; problem: string }> = []
  for (;;) {
    const found = [...jobs.values()].flatMap((job) => {
      const problem = problemOf(job, jobs)
      return problem === null ? [] : [{ name: job.name, problem }]
    })
    if (found.length === 0) return problems
    // All of a round at once, so that each job of a circle is told of the whole circle.
    for (const { name } of found) jobs.delete(name)
    problems.push(...found)
  }
}

function problemOf(job: Job, jobs: Map<string, Job>): string | null {
  if (job.after !== null && !jobs.has(job.after))
    return `after names ${job.after}, which is not a job that can be used.`
  const chain = [job.name]
  for (let at = job.after; at !== null; at = jobs.get(at)?.after ?? null) {
    if (at === job.name) return `it would run after itself (${[...chain, at].join(' after ')}).`
    // A circle without this job: the problem of its members.
    if (chain.includes(at)) return null
    chain.push(at)
  }
  return null
}
