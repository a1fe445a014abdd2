/**
 * The table programs: heartbeats of processes. One is at work, silent (no heartbeat for a while: it hangs, was killed, or does
 * not reach the database), or replaced (silent, and its program was started again on that machine since).
 */
import { hostname } from 'node:os'
import type { ISql, Sql } from 'postgres'
import type { ShownSetting } from '../../lib/settings.ts'
import { version } from '../../package.json'
import type { programs } from './table.ts'

type Row = typeof programs.$inferSelect

export type ProgramName = Row['program']
export type Me = Pick<Row, 'instance' | 'program' | 'host' | 'pid'>

/** Three heartbeats. */
export const SILENT_S = 30
/** A silent process of a program that others go on with was a replica, and is gone for good. */
const FORGET_REPLICA_S = 3600
const FORGET_S = 7 * 86_400

export const thisProcess = (program: ProgramName): Me => ({
  instance: Bun.randomUUIDv7(),
  program,
  host: hostname(),
  pid: process.pid,
})

export type Vitals = Pick<Row, 'memory_bytes' | 'loop_delay_ms'>
const NO_VITALS: Vitals = { memory_bytes: null, loop_delay_ms: null }

/** Records that the process is at work; how long ago its heartbeat before was, in seconds, null for the first. */
export async function recordBeat(sql: Sql, me: Me, vitals = NO_VITALS): Promise<number | null> {
  const { instance, program, host, pid } = me
  const { memory_bytes, loop_delay_ms } = vitals
  const [row] = await sql<{ since_s: number | null }[]>`
    with before as (select seen_at from programs where instance = ${instance}),
    beat as (
      insert into programs (instance, program, host, pid, version, bun, memory_bytes, loop_delay_ms)
      values (${instance}, ${program}, ${host}, ${pid}, ${version}, ${Bun.version}, ${memory_bytes}, ${loop_delay_ms})
      on conflict (instance) do update set seen_at = now(), memory_bytes = ${memory_bytes}, loop_delay_ms = ${loop_delay_ms}
    )
    select (select extract(epoch from now() - seen_at)::float8 from before) as since_s`
  return row!.since_s
}

/** Records what the process was started with; after its first heartbeat. */
export async function recordSettings(sql: Sql, { instance }: Me, settings: ShownSetting[]): Promise<void> {
  await sql`update programs set settings = ${sql.json(settings as never)} where instance = ${instance}`
}

/** Whether a process of the program has a heartbeat. */
export async function isAtWork(sql: ISql, program: ProgramName): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`
    select exists (select from programs
      where program = ${program} and seen_at > now() - make_interval(secs => ${SILENT_S})) as found`
  return row!.found
}

/** A program that was stopped is not silent. */
export async function recordStop(sql: Sql, { instance }: Me): Promise<void> {
  await sql`delete from programs where instance = ${instance}`
}

export interface ProgramState extends Pick<Row, 'program' | 'host' | 'pid'> {
  silent: boolean
  /** Since its last heartbeat. */
  seen_ago_s: number
}

/** Every process but those that were replaced. */
export const readPrograms = async (sql: ISql): Promise<ProgramState[]> =>
  (await readProcesses(sql)).filter(({ replaced }) => !replaced)

export interface ProcessDetails
  extends ProgramState, Pick<Row, 'started_at' | 'version' | 'bun' | 'memory_bytes' | 'loop_delay_ms'> {}

/** As readPrograms, with how each is. */
export function readProcessDetails(sql: ISql): Promise<ProcessDetails[]> {
  return sql<ProcessDetails[]>`
    select program, host, pid, started_at, version, bun, memory_bytes::float8, loop_delay_ms, ${isSilent(sql)} as silent,
      abs(extract(epoch from now() - seen_at))::float8 as seen_ago_s
    from programs p where not (${isSilent(sql)} and ${isReplaced(sql)}) order by program, host, pid`
}

/** What each process that is at work was started with. */
export function readSettings(sql: ISql): Promise<Array<Pick<Row, 'program'> & { settings: ShownSetting[] }>> {
  return sql<Array<Pick<Row, 'program'> & { settings: ShownSetting[] }>>`
    select program, settings from programs p where settings is not null and not ${isSilent(sql)} order by program, instance`
}

/** Every process. */
export function readProcesses(sql: ISql): Promise<Array<ProgramState & { replaced: boolean }>> {
  return sql<Array<ProgramState & { replaced: boolean }>>`
    select program, host, pid, ${isSilent(sql)} as silent, ${isSilent(sql)} and ${isReplaced(sql)} as replaced,
      abs(extract(epoch from now() - seen_at))::float8 as seen_ago_s
    from programs p order by program, host, pid`
}

export interface Replaced extends Pick<Row, 'program' | 'host' | 'pid'> {
  /** From its last heartbeat to the start of the next process. */
  away_s: number
}

/** Takes the rows of those that were replaced away; each is handed out once. */
export function takeReplaced(sql: ISql): Promise<Replaced[]> {
  return sql<Replaced[]>`
    delete from programs p where ${isSilent(sql)} and ${isReplaced(sql)}
    returning program, host, pid, (
      select extract(epoch from min(other.started_at) - p.seen_at)::float8 from programs other where ${isNext(sql)}) as away_s`
}

/** Deletes those that are gone for good. */
export async function forgetPrograms(sql: ISql): Promise<void> {
  await sql`
    delete from programs p where ${isSilent(sql)} and (
      seen_at < now() - make_interval(secs => ${FORGET_S})
      or (seen_at < now() - make_interval(secs => ${FORGET_REPLICA_S}) and exists (
        select from programs other where other.program = p.program
          and other.seen_at > now() - make_interval(secs => ${SILENT_S}))))`
}

/** Also where the database's clock went back behind its last heartbeat. */
const isSilent = (sql: ISql) => sql`abs(extract(epoch from now() - p.seen_at)) > ${SILENT_S}`

/** `other` was started in place of `p`. */
const isNext = (sql: ISql) => sql`
  other.program = p.program and other.host = p.host and other.instance <> p.instance and other.started_at > p.seen_at`
const isReplaced = (sql: ISql) => sql`exists (select from programs other where ${isNext(sql)})`

/** After the database's clock has gone back: those that live are heard of again at once, the others are silent soon. */
export async function withdrawBeats(sql: ISql): Promise<void> {
  await sql`
    update programs set seen_at = least(seen_at, now()), started_at = least(started_at, now())
    where greatest(seen_at, started_at) > now()`
}
