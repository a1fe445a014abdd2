/** The topics and groups of the stream as they are now, and where they are going. */
import type { Sql } from 'postgres'
import { pausedSources } from '../dead-letters/storms.ts'
import { GROUPS } from './groups.ts'
import type { Stream } from '../engines/stream/stream.ts'
import { PROBE_EVERY_S } from '../monitoring/probe.ts'
import { nameOf, readLags, type GroupLag, type TopicLag } from './lags.ts'
import { lagSeries, recentReadings, type LagPoint, type Reading } from './past.ts'
import { ratesOf, ratesOfAll, trendOf, type Rates, type Trend } from './rates.ts'

/**
 * The worst first. paused: by a storm of failures, until somebody decides. nobody_reads: the group has no member, or none with a partition yet. stuck: a partition's oldest message
 * waits, and nothing was finished in it. falling_behind, catching_up: by the rates; behind: these are not known yet.
 */
export const READER_STATES = [
  'paused',
  'nobody_reads',
  'stuck',
  'falling_behind',
  'topic_missing',
  'behind',
  'catching_up',
  'in_time',
] as const
export type ReaderState = (typeof READER_STATES)[number]

interface Pace extends Pick<Rates, 'produced_per_s' | 'finished_per_s' | 'clear_s'> {
  lag: number
  waited_s: number | null
}

export interface Reader extends Pace {
  group: string
  topic: string
  state: ReaderState
  members: number
  trend: Trend | null
  partitions: Array<Pace & Pick<GroupLag, 'partition' | 'member' | 'committed' | 'end'>>
  /** Where it was asked for. */
  series?: LagPoint[]
}

export interface TopicState {
  topic: string
  partitions: number
  messages: number
  groups: string[]
}

export interface StreamsState {
  read_at: Date
  topics: TopicState[]
  /** The worst first. */
  groups: Reader[]
}

/** A shared Kafka may have thousands, which are not ours to show; each is a request. */
const MOST = 100

/** `hours`: of the series, which costs more than all the rest; unset: none. Throws AppError stream_unavailable. */
export async function readStreams(
  { sql, stream }: { sql: Sql; stream: Pick<Stream, 'lag' | 'list' | 'kept'> },
  hours?: number,
): Promise<StreamsState> {
  const listed = await stream.list()
  const ours = new Set(GROUPS.map(({ group }) => group))
  const others = listed.groups.filter((group) => !ours.has(group)).map((group) => ({ group, topics: [] }))
  const [lags, { now_ms, readings }, paused, series] = await Promise.all([
    readLags(stream, [...GROUPS, ...others].slice(0, MOST)),
    recentReadings(sql),
    pausedGroups(sql),
    hours === undefined ? undefined : lagSeries(sql, hours),
  ])
  const read = new Set(lags.map(({ topic }) => topic))
  const readFirst = [
    ...listed.topics.filter((topic) => read.has(topic)),
    ...listed.topics.filter((topic) => !read.has(topic)),
  ]
  const kept = Map.groupBy(await stream.kept(readFirst.slice(0, MOST)), ({ topic }) => topic)
  const groups = lags.map((one) => ({
    ...readerOf(one, paused.has(one.group), now_ms, readings),
    ...(series && { series: series.get(`${one.group} ${one.topic}`) ?? [] }),
  }))
  return {
    read_at: new Date(now_ms),
    topics: [...kept].map(([topic, partitions]) => ({
      topic,
      partitions: partitions.length,
      messages: partitions.reduce((sum, { oldest, end }) => sum + end - oldest, 0),
      groups: lags.filter((one) => one.topic === topic).map(({ group }) => group),
    })),
    groups: groups.toSorted(worstFirst),
  }
}

async function pausedGroups(sql: Sql): Promise<Set<string>> {
  const paused = await pausedSources(sql)
  const its = GROUPS.filter((one) => paused.some(({ source }) => source === one.source))
  return new Set(its.map(({ group }) => group))
}

function readerOf(of: TopicLag, isPaused: boolean, at_ms: number, readings: Map<string, Reading[]>): Reader {
  const rates = of.partitions.map((one) => {
    const { committed, end } = one
    return ratesOf({ at_ms, committed, end }, readings.get(nameOf(one)) ?? [])
  })
  const all = ratesOfAll(rates)
  return {
    group: of.group,
    topic: of.topic,
    state: isPaused ? 'paused' : stateOf(of, rates, all),
    members: of.members,
    lag: of.lag,
    waited_s: of.waited_s,
    ...paceOf(all),
    trend: trendOf(of.lag, all.lag_before),
    partitions: of.partitions.map(({ partition, member, committed, end, lag, waited_s }, n) => {
      return { partition, member, committed, end, lag, waited_s, ...paceOf(rates[n]!) }
    }),
  }
}

const paceOf = ({ produced_per_s, finished_per_s, clear_s }: Rates) => ({ produced_per_s, finished_per_s, clear_s })

/** A message that waits for less is on its way. */
const SOON_S = PROBE_EVERY_S
const STUCK_S = 4 * PROBE_EVERY_S

function stateOf({ partitions, members, waited_s, lag }: TopicLag, rates: Rates[], all: Rates): ReaderState {
  if (partitions.length === 0) return 'topic_missing'
  if (members === 0) return 'nobody_reads'
  if (lag === 0 || (waited_s !== null && waited_s < SOON_S)) return 'in_time'
  const isStuck = partitions.some((one, n) => (one.waited_s ?? 0) >= STUCK_S && rates[n]!.finished_per_s === 0)
  if (isStuck) return 'stuck'
  if (all.finished_per_s === null) return 'behind'
  return all.clear_s === null ? 'falling_behind' : 'catching_up'
}

const worstFirst = (a: Reader, b: Reader) =>
  READER_STATES.indexOf(a.state) - READER_STATES.indexOf(b.state) ||
  (b.waited_s ?? 0) - (a.waited_s ?? 0) ||
  b.lag - a.lag ||
  (`${a.group} ${a.topic}` < `${b.group} ${b.topic}` ? -1 : 1)
