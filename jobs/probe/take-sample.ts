/** One check of the whole system: all questions at once, each with a deadline of its own. */
import { statfs } from 'node:fs/promises'
import { readChannelHealth, type ChannelHealth } from '../../db/alerts/channel-health.ts'
import { backupAge, type BackupAge } from '../../db/backup/history.ts'
import { readWalKept, type WalKept } from '../../db/backup/wal/kept.ts'
import type { Db } from '../../db/engines/connect.ts'
import { ping } from '../../db/engines/postgres/server-facts.ts'
import { countDeadLetters, oldestQueuedAge } from '../../db/monitoring/probe-inputs.ts'
import type { InputKind, Sample } from '../../db/monitoring/probe.ts'
import { GROUPS } from '../../db/streams/groups.ts'
import { mayWaitLonger, nameOf, readLags, type GroupLag, type TopicLag } from '../../db/streams/lags.ts'
import type { ApiClient } from '../api-client.ts'
import type { Answered, Ask } from './ask.ts'
import { oldestOf } from './oldest-input.ts'

export interface SampleParts {
  db: Pick<Db, 'sql' | 'cache' | 'stream'>
  api: ApiClient
  ask: Ask
  /** See createWorkbookAge. */
  workbookAge: () => Promise<number>
  /** See createOldestWaiting. */
  ordersAge: () => Promise<number>
  data_dir: string
}

/** Longer than a slow answer takes, so that a slow API and one that is down are told apart. */
const API_DEADLINE_MS = 10_000
const ENGINE_DEADLINE_MS = 3_000
/** Listing a large bucket takes long. */
const LIST_DEADLINE_MS = 8_000

export interface Check {
  sample: Sample
  dead_letters: Record<string, number> | null
  lags: TopicLag[] | null
  /** Nothing may have waited for longer than oldest_input_age_s. */
  inputs_known: boolean
  /** How long the oldest message of orders has waited. */
  orders_wait_s: number | null
  backup: BackupAge | null
  wal: WalKept | null
  channels: ChannelHealth[] | null
}

/** Never throws: a question without an answer is null. */
export async function takeSample({ db, api, ask, workbookAge, ordersAge, data_dir }: SampleParts): Promise<Check> {
  const [health, sql, cache, disk, dead, lags, queued_s, workbooks_s, orders_s, backup, wal, channels] =
    await Promise.all([
      ask('api', () => askHealth(api), API_DEADLINE_MS),
      ask('sql', () => ping(db.sql), ENGINE_DEADLINE_MS),
      ask('cache', () => db.cache.get('probe'), ENGINE_DEADLINE_MS),
      ask('disk', () => readDisk(data_dir), ENGINE_DEADLINE_MS),
      ask('dead letters', () => countDeadLetters(db.sql), ENGINE_DEADLINE_MS),
      ask('lag', () => readLags(db.stream), ENGINE_DEADLINE_MS),
      ask('queue', () => oldestQueuedAge(db.sql), ENGINE_DEADLINE_MS),
      ask('workbooks', workbookAge, LIST_DEADLINE_MS),
      ask('orders', ordersAge, LIST_DEADLINE_MS),
      ask('backup', () => backupAge(db.sql), ENGINE_DEADLINE_MS),
      ask('wal', () => readWalKept(db.sql), ENGINE_DEADLINE_MS),
      ask('channels', () => readChannelHealth(db.sql), ENGINE_DEADLINE_MS),
    ])
  const partitions = lags && lags.value.flatMap((one) => one.partitions)
  const oldest = oldestOf({
    events: lags && oldestMessage(lags.value, 'events'),
    people: lags && oldestMessage(lags.value, 'people'),
    workbooks: workbooks_s?.value ?? null,
    messages: queued_s || orders_s ? Math.max(queued_s?.value ?? 0, orders_s?.value ?? 0) : null,
  })
  const sample: Sample = {
    // An API that can save nothing is not up.
    api_up: health?.value.status === 200 && health.value.roles?.writes !== 'down',
    api_status: health?.value.status ?? null,
    api_latency_ms: health?.latency_ms ?? null,
    roles: health?.value.roles ?? null,
    sql_latency_ms: sql?.latency_ms ?? null,
    cache_latency_ms: cache?.latency_ms ?? null,
    disk_free_share: disk?.value.free_share ?? null,
    queue_dead: sumOf(dead),
    stream_lag: partitions && partitions.reduce((sum, { lag }) => sum + lag, 0),
    stream_ends: byName(partitions, ({ end }) => end),
    stream_committed: byName(partitions, ({ committed }) => committed),
    stream_waited_s: byName(partitions, ({ waited_s }) => waited_s),
    oldest_input_age_s: oldest?.age_s ?? null,
    oldest_input: oldest?.kind ?? null,
  }
  return {
    sample,
    dead_letters: dead?.value ?? null,
    lags: lags?.value ?? null,
    inputs_known: lags !== null && !lags.value.some(mayWaitLonger) && ![workbooks_s, queued_s, orders_s].includes(null),
    orders_wait_s: orders_s?.value ?? null,
    backup: backup?.value ?? null,
    wal: wal?.value ?? null,
    channels: channels?.value ?? null,
  }
}

/** Of what groups read of that kind; null: none of it is known. */
function oldestMessage(lags: TopicLag[], input: InputKind): number | null {
  const groups = new Set(GROUPS.flatMap((one) => (one.input === input ? one.group : [])))
  const its = lags.filter(({ group }) => groups.has(group))
  const known_s = its.flatMap(({ waited_s }) => waited_s ?? [])
  return known_s.length > 0 || its.length === 0 ? Math.max(0, ...known_s) : null
}

/** Without those that are not known. */
function byName(partitions: GroupLag[] | null, figure: (of: GroupLag) => number | null) {
  if (!partitions) return null
  const known = partitions.map((one) => [nameOf(one), figure(one)] as const).filter(([, value]) => value !== null)
  return Object.fromEntries(known) as Record<string, number>
}

async function askHealth(api: ApiClient): Promise<{ status: number; roles: Record<string, string> | null }> {
  const answer = await api.get('/health', { signal: AbortSignal.timeout(API_DEADLINE_MS) })
  const body: unknown = await answer.json().catch(() => null)
  if (typeof body !== 'object' || body === null) return { status: answer.status, roles: null }
  const roles = Object.entries(body as Record<string, { status?: unknown } | null>).flatMap(([role, about]) =>
    typeof about?.status === 'string' ? [[role, about.status]] : [],
  )
  return { status: answer.status, roles: Object.fromEntries(roles) }
}

/** The file system of DATA_DIR. */
export async function readDisk(folder: string) {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { free_bytes: bavail * bsize, size_bytes: blocks * bsize, free_share: blocks === 0 ? 1 : bavail / blocks }
}

function sumOf(dead: Answered<Record<string, number>> | null): number | null {
  return dead && Object.values(dead.value).reduce((sum, count) => sum + count, 0)
}
