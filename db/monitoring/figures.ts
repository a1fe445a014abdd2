/** Figures of the whole system for Prometheus, as the database knows them: a few statements that follow indexes, all at once. */
import type { Sql } from 'postgres'
import { backupAge } from '../backup/history.ts'
import { pausedSources } from '../dead-letters/storms.ts'
import { countDeadLetters } from './probe-inputs.ts'
import { PROBE_EVERY_S } from './probe.ts'
import { readPrograms, type ProgramState } from './programs.ts'

export interface JobFigures {
  job: string
  paused: boolean
  gone: boolean
  queued: number
  running: number
  /** Unix seconds of the last run that succeeded; null: none on record. */
  succeeded_at: number | null
}

export interface SlotFigures {
  job: string
  state: string
  slots: number
}

export interface SystemFigures {
  jobs: JobFigures[]
  /** Of the last hour. */
  slots: SlotFigures[]
  /** That fire, by severity. */
  alerts: Array<{ severity: string; alerts: number }>
  /** By queue, or by the source that keeps its own. */
  dead_letters: Record<string, number>
  /** Consumers that a storm has paused. */
  paused: string[]
  disks: Array<{ host: string; free_bytes: number; size_bytes: number }>
  processes: ProgramState[]
  /** Of the probe; null when it has not looked lately. */
  oldest_input_s: number | null
  backup_age_s: number
  /** Since a drill last proved a backup; null: none has. */
  drill_age_s: number | null
  database: { size_bytes: number; connections: number; max_connections: number }
}

/** Older samples say nothing of now. */
const SAMPLE_MAX_AGE_S = PROBE_EVERY_S * 4

export async function readFigures(sql: Sql): Promise<SystemFigures> {
  const [jobs, slots, alerts, dead_letters, paused, disks, processes, backup, [rest]] = await Promise.all([
    sql<JobFigures[]>`
      select j.name as job, j.paused_at is not null as paused, j.gone_at is not null as gone,
        (select count(*)::int from runs r where r.job = j.name and r.state = 'queued') as queued,
        (select count(*)::int from runs r where r.job = j.name and r.state = 'running') as running,
        (select extract(epoch from r.finished_at)::float8 from runs r
          where r.job = j.name and r.state = 'succeeded' order by r.id desc limit 1) as succeeded_at
      from jobs j order by j.name`,
    sql<SlotFigures[]>`
      select j.name as job, s.state, s.slots from jobs j cross join lateral (
        select state, sum(count - backfilled)::int as slots from slots
        where job = j.name and slot > now() - interval '1 hour' and slot <= now() group by state
      ) s`,
    sql<SystemFigures['alerts']>`
      select severity, count(*)::int as alerts from alerts where state = 'firing' group by severity`,
    countDeadLetters(sql),
    pausedSources(sql),
    sql<SystemFigures['disks']>`select host, free_bytes, size_bytes from probe_disks order by host`,
    readPrograms(sql),
    backupAge(sql),
    sql<Array<Pick<SystemFigures, 'oldest_input_s' | 'drill_age_s' | 'database'>>>`
      select
        (select oldest_input_age_s from probe_samples
          where finished_at is not null and tick > now() - make_interval(secs => ${SAMPLE_MAX_AGE_S})
          order by tick desc limit 1) as oldest_input_s,
        (select extract(epoch from now() - max(drilled_at))::float8 from backups where drill_ok) as drill_age_s,
        json_build_object(
          'size_bytes', pg_database_size(current_database()),
          'connections', (select count(*) from pg_stat_activity where backend_type = 'client backend'),
          'max_connections', current_setting('max_connections')::int) as database`,
  ])
  return {
    jobs,
    slots,
    alerts,
    dead_letters,
    paused: paused.map(({ source }) => source),
    disks,
    processes,
    backup_age_s: backup.age_h * 3600,
    ...rest!,
  }
}
