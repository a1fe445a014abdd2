/** Where each job of a graph is drawn: a column for each step of the longest way from a job that runs by itself. */
export interface Linked {
  name: string
  after: readonly string[] | null
}
export interface Placed<T> {
  job: T
  column: number
  row: number
}

/** The jobs that run after others or that others run after; of `only`, where it is given, those that hang together with it. */
export function placed<T extends Linked>(jobs: readonly T[], only?: string): Placed<T>[] {
  const by_name = new Map(jobs.map((job) => [job.name, job]))
  const before = (job: T) => (job.after ?? []).flatMap((name) => by_name.get(name) ?? [])
  const linked = jobs.filter((job) => before(job).length > 0 || jobs.some(({ after }) => after?.includes(job.name)))
  const shown = only === undefined ? linked : togetherWith(only, linked, before)
  const columns = new Map<string, number>()
  const columnOf = (job: T, seen: ReadonlySet<string>): number => {
    const known = columns.get(job.name)
    if (known !== undefined) return known
    // A circle is refused where jobs are read; two files of different versions may make one.
    const earlier = before(job).filter(({ name }) => !seen.has(name))
    const column = earlier.reduce((most, one) => Math.max(most, columnOf(one, new Set([...seen, job.name])) + 1), 0)
    columns.set(job.name, column)
    return column
  }
  const rows: number[] = []
  const found: Placed<T>[] = []
  const rowOf = (name: string) => found.find(({ job }) => job.name === name)?.row ?? 0
  const mean = (job: T) => before(job).reduce((sum, { name }) => sum + rowOf(name), 0) / Math.max(1, before(job).length)
  const last = Math.max(0, ...shown.map((job) => columnOf(job, new Set())))
  for (let column = 0; column <= last; column++) {
    const here = shown.filter((job) => columns.get(job.name) === column)
    // Beside what they run after, so that fewer lines cross.
    for (const job of here.toSorted((a, b) => mean(a) - mean(b) || (a.name < b.name ? -1 : 1))) {
      const row = Math.max(rows[column] ?? 0, 0)
      rows[column] = row + 1
      found.push({ job, column, row })
    }
  }
  return found
}

function togetherWith<T extends Linked>(name: string, jobs: readonly T[], before: (job: T) => T[]): T[] {
  const names = new Set([name])
  for (let size = 0; size < names.size;) {
    size = names.size
    for (const job of jobs)
      if (names.has(job.name) || before(job).some((one) => names.has(one.name)))
        for (const one of [job, ...before(job)]) names.add(one.name)
  }
  return jobs.filter((job) => names.has(job.name))
}
