/**
 * The replicas of the jobs program, and which files each has. A job is gone when no replica has its file (gone-jobs.ts).
 *
 * A replica has what its row says until another has looked SILENT_LOOKS times without seeing the row renewed, and removes it.
 * So a restart or a deploy makes nothing gone, whichever clock jumps: looks are counted, and no time is compared. One that was
 * only frozen writes its row anew.
 */
import { hostname } from 'node:os'
import type { Sql } from 'postgres'
import type { FileProblem, job_replicas } from './table.ts'

export const LOOK_EVERY_MS = 10_000
const SILENT_LOOKS = 6

export type ReplicaRow = typeof job_replicas.$inferSelect
/** What it has now. */
export type Held = Pick<ReplicaRow, 'jobs' | 'monitors' | 'problems'>

interface Seen {
  seen_at: string
  looks: number
}

export class ReplicaSeat {
  readonly id = Bun.randomUUIDv7()
  #sql: Sql
  #folder: string
  /** By id: the other rows as of the last look, and how many looks have found them so. */
  #others = new Map<string, Seen>()

  constructor(sql: Sql, folder: string) {
    this.#sql = sql
    this.#folder = folder
  }

  /** Takes the place of replicas that worked on the same folder of the same machine and are over. */
  async take(held: Held): Promise<void> {
    await this.#sql`
      delete from job_replicas where host = ${hostname()} and folder = ${this.#folder}
        and (stopped_at is not null or seen_at < now() - make_interval(secs => ${(3 * LOOK_EVERY_MS) / 1000}))`
    await this.write(held)
  }

  async write({ jobs, monitors, problems }: Held): Promise<void> {
    await this.#sql`
      insert into job_replicas (id, host, folder, jobs, monitors, problems)
      values (${this.id}, ${hostname()}, ${this.#folder}, ${jobs}, ${monitors}, ${this.#sql.json(problems as never)})
      on conflict (id) do update set jobs = excluded.jobs, monitors = excluded.monitors, problems = excluded.problems, seen_at = clock_timestamp()`
  }

  /** Removes the rows of others that have been silent for too many looks. */
  async look(): Promise<void> {
    const rows = await this.#sql<{ id: string; seen_at: string }[]>`
      select id, seen_at::text from job_replicas where id <> ${this.id}`
    const others = new Map<string, Seen>()
    for (const { id, seen_at } of rows) {
      const before = this.#others.get(id)
      const looks = before?.seen_at === seen_at ? before.looks + 1 : 0
      if (looks < SILENT_LOOKS) others.set(id, { seen_at, looks })
      else await this.#sql`delete from job_replicas where id = ${id} and seen_at = ${seen_at}::text::timestamptz`
    }
    this.#others = others
  }

  /** The row stays for a while: what replaces this replica may take a moment to start. */
  async leave(): Promise<void> {
    await this.#sql`update job_replicas set stopped_at = now() where id = ${this.id}`
  }
}

/** Of all replicas. */
export async function fileProblems(sql: Sql): Promise<FileProblem[]> {
  const rows = await sql<
    Pick<ReplicaRow, 'problems'>[]
  >`select problems from job_replicas where problems <> '[]' order by id`
  return rows.flatMap(({ problems }) => problems)
}
