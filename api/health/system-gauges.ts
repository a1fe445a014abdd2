/** Names of what is known of the whole system. Jobs, hosts and topics are those that exist; nobody outside names one. */
import type { QueueDepth } from '../../db/engines/queue/queue.ts'
import type { TopicLag } from '../../db/streams/lags.ts'
import { SOURCE_NAMES } from '../../db/dead-letters/sources.ts'
import type { SystemFigures } from '../../db/monitoring/figures.ts'

/** A gauge with its readings: the value, then those of its labels. A null is left out. */
export type SetGauge = (
  name: string,
  help: string,
  readings: ReadonlyArray<readonly [value: number | null, ...labels: string[]]>,
  labels?: string[],
) => void

/** `dead`: those that the engine still holds. */
export interface QueueState extends QueueDepth {
  queue: string
}

const SEVERITIES = ['INFO', 'WARNING', 'ERROR', 'CRITICAL']

export function systemGauges(
  set: SetGauge,
  system: SystemFigures | null,
  lags: TopicLag[],
  queues: QueueState[],
): void {
  set(
    'doca_stream_lag_messages',
    'Messages that a group has not finished.',
    lags.map(({ group, topic, lag }) => [lag, group, topic]),
    ['group', 'topic'],
  )
  set(
    'doca_stream_lag_seconds',
    'How long the oldest message that a group has not finished has waited.',
    lags.map(({ group, topic, waited_s }) => [waited_s, group, topic]),
    ['group', 'topic'],
  )
  set(
    'doca_stream_members',
    'Members of a group that have a partition of the topic.',
    lags.map(({ group, topic, members }) => [members, group, topic]),
    ['group', 'topic'],
  )
  set(
    'doca_queue_messages',
    'Messages of a queue: ready, delayed (until their retry), in_flight (with a consumer).',
    queues.flatMap(({ queue, ready, delayed, in_flight }) =>
      Object.entries({ ready, delayed, in_flight }).map(([state, count]) => [count, queue, state] as const),
    ),
    ['queue', 'state'],
  )
  if (!system) return
  const { jobs, slots, alerts, dead_letters, paused, disks, processes, database } = system

  set(
    'doca_job_runs',
    'Runs that wait, or are under way.',
    jobs.flatMap(({ job, queued, running }) => [[queued, job, 'queued'] as const, [running, job, 'running'] as const]),
    ['job_name', 'state'],
  )
  set(
    'doca_job_paused',
    '1 while the job is paused.',
    jobs.map(({ job, paused }) => [Number(paused), job]),
    ['job_name'],
  )
  set(
    'doca_job_gone',
    '1 while no replica has its file.',
    jobs.map(({ job, gone }) => [Number(gone), job]),
    ['job_name'],
  )
  set(
    'doca_job_last_success_timestamp_seconds',
    'When its last successful run ended.',
    jobs.map(({ job, succeeded_at }) => [succeeded_at, job]),
    ['job_name'],
  )
  set(
    'doca_job_slots_last_hour',
    'Slots of the last hour, by what became of them.',
    slots.map(({ job, state, slots: count }) => [count, job, state]),
    ['job_name', 'state'],
  )
  set(
    'doca_alerts_firing',
    'Alerts of Doca itself that fire.',
    SEVERITIES.map((severity) => [alerts.find((one) => one.severity === severity)?.alerts ?? 0, severity]),
    ['severity'],
  )
  set(
    'doca_dead_letters',
    'Messages that were given up, by queue.',
    Object.entries(dead_letters).map(([queue, letters]) => [letters, queue]),
    ['queue'],
  )
  set(
    'doca_consumer_paused',
    '1 while a storm of failures has paused the consumer.',
    SOURCE_NAMES.map((consumer) => [Number(paused.includes(consumer)), consumer]),
    ['consumer'],
  )
  set(
    'doca_disk_free_bytes',
    'Of the disk of DATA_DIR.',
    disks.map(({ host, free_bytes }) => [free_bytes, host]),
    ['host'],
  )
  set(
    'doca_disk_size_bytes',
    'Of the disk of DATA_DIR.',
    disks.map(({ host, size_bytes }) => [size_bytes, host]),
    ['host'],
  )
  set(
    'doca_program_processes',
    'Processes that send heartbeats (at_work), or no longer do and were not stopped (silent).',
    [...new Set(processes.map(({ program }) => program))].flatMap((program) => {
      const of = processes.filter((one) => one.program === program)
      const silent = of.filter((one) => one.silent).length
      return [[of.length - silent, program, 'at_work'] as const, [silent, program, 'silent'] as const]
    }),
    ['program', 'state'],
  )
  set('doca_oldest_input_seconds', 'How long the oldest input has waited to be processed.', [[system.oldest_input_s]])
  set('doca_backup_age_seconds', 'Age of the newest good backup; before the first, of the data.', [
    [system.backup_age_s],
  ])
  set('doca_backup_drill_age_seconds', 'Since a drill last restored a backup.', [[system.drill_age_s]])
  set('doca_database_size_bytes', 'Of the database.', [[database.size_bytes]])
  set('doca_database_connections', 'Connections of all programs to the server.', [[database.connections]])
  set('doca_database_max_connections', 'That the server takes.', [[database.max_connections]])
}
