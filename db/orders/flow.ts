/**
 * The balance: whatever was sent is in the output, dead, purged, or on its way. Each figure comes from where the thing itself is,
 * so that a loss shows; while something moves they are of slightly different moments.
 */
import type { Sql } from 'postgres'
import { sleep } from '../../lib/retry.ts'
import { readConsumerState } from '../dead-letters/storms.ts'
import { countUnpublished } from '../dead-letters/replays/replays.ts'
import type { Queue } from '../engines/queue/queue.ts'
import type { OrdersDatabase, OrdersDatabases } from './databases.ts'
import { countStatuses, ledgerQuietSeconds, type StatusCount } from './ledger.ts'
import { ORDERS_SOURCE, UNREADABLE } from './deaths.ts'
import { ORDERS_QUEUE } from './message.ts'

/**
 * at_rest: nothing is on its way, and it adds up. moving: something is on its way, or has just changed. paused: something is on its
 * way, and the consumer waits for a decision about a storm. off: nothing is on its way, and it does not add up; `explain` says for
 * which messages.
 */
export const BALANCES = ['at_rest', 'moving', 'paused', 'off'] as const

/** What is on its way cannot be told from what is lost. */
export const isMoving = ({ balance }: Pick<Flow, 'balance'>): boolean => balance === 'moving' || balance === 'paused'

export interface SystemFlow {
  sent: number
  /** Sent, and not yet tried; what is left of `sent`. */
  waiting: number
  retrying: number
  output: number
  dead: number
  purged: number
  /** Rows that are not sent yet. */
  pending: number
}

export interface Flow extends SystemFlow {
  balance: (typeof BALANCES)[number]
  by_system: Record<string, SystemFlow>
}

export interface FlowContext {
  sql: Sql
  queue: Pick<Queue, 'depth'>
  databases: OrdersDatabases
}

/** Figures that do not add up are read again, until they have stayed the same for so many looks. */
const LOOKS = 10
const UNCHANGED = 3
const LOOK_AGAIN_MS = 150
/** A frozen process keeps what it was given for as long; then the broker gives that to another. */
const HIDDEN_S = 60

export async function readFlow(context: FlowContext): Promise<Flow> {
  let { figures, hidden } = await readFigures(context)
  let unchanged = 0
  for (let look = 1; look < LOOKS && unchanged < UNCHANGED; look++) {
    const { sent, waiting, retrying, output, dead, purged } = figures
    if (waiting + retrying > 0) {
      const { state } = await readConsumerState(context.sql, ORDERS_SOURCE)
      return { ...figures, balance: state === 'paused' ? 'paused' : 'moving' }
    }
    if (sent === output + dead + purged) return { ...figures, balance: 'at_rest' }
    if (hidden) return { ...figures, balance: 'moving' }
    await sleep(LOOK_AGAIN_MS, NEVER)
    const again = await readFigures(context)
    unchanged = Bun.deepEquals(again.figures, figures) ? unchanged + 1 : 0
    ;({ figures, hidden } = again)
  }
  return { ...figures, balance: unchanged === UNCHANGED ? 'off' : 'moving' }
}

const NEVER = new AbortController().signal

/** In the direction in which messages go, so that one which moves meanwhile is rather counted twice than missed. */
async function readFigures({ sql, queue, databases }: FlowContext) {
  const rows = await Promise.all(databases.systems.map(countRows))
  const unpublished = await countUnpublished(sql, ORDERS_SOURCE)
  const depth = await queue.depth(ORDERS_QUEUE)
  const counts = await countStatuses(sql)
  const written = await countOutput(databases.output)
  const by_system = Object.fromEntries(
    databases.systems.map(({ name }, i) => [name, systemFlow(name, rows[i]!, counts, written)]),
  )
  const total = (figure: keyof SystemFlow) => Object.values(by_system).reduce((sum, one) => sum + one[figure], 0)
  const retrying = total('retrying')
  const queued = unpublished + depth.ready + depth.delayed + depth.in_flight
  const begun = counts.reduce((sum, { status, count }) => sum + (status === 'waiting' ? count : 0), 0)
  // What the queue says, and not what is left: a message that is lost is nowhere.
  const waiting = Math.max(begun, queued - retrying)
  const [sent, pending] = [total('sent'), total('pending')]
  const [output, dead, purged] = [total('output'), total('dead'), total('purged')]
  // Messages of which nothing is known yet may be with a consumer that nobody can ask.
  const quiet_s = Math.min(...rows.map((row) => row.quiet_s), await ledgerQuietSeconds(sql))
  const hidden = depth.elsewhere === true && quiet_s < HIDDEN_S
  return { figures: { sent, waiting, retrying, output, dead, purged, pending, by_system }, hidden }
}

function systemFlow(
  name: string,
  { sent, pending }: { sent: number; pending: number },
  counts: StatusCount[],
  written: Map<string, number>,
): SystemFlow {
  const at = (wanted: StatusCount['status']) =>
    counts.find(({ origin, status }) => origin === name && status === wanted)?.count ?? 0
  const output = written.get(name) ?? 0
  const [retrying, dead, purged] = [at('retrying'), at('dead'), at('purged')]
  const waiting = Math.max(0, sent - output - dead - purged - retrying)
  return { sent, waiting, retrying, output, dead, purged, pending }
}

/** `quiet_s`: since the last was sent. */
function countRows(system: OrdersDatabase): Promise<{ sent: number; pending: number; quiet_s: number }> {
  return system.use(async (sql, schema) => {
    const [row] = await sql<[{ sent: number; pending: number; quiet_s: number | null }]>`
      select count(sent_at)::int as sent, (count(*) - count(sent_at))::int as pending,
        extract(epoch from now() - max(sent_at))::float8 as quiet_s
      from ${sql(schema)}.orders`
    return { ...row, quiet_s: row.quiet_s ?? Infinity }
  })
}

function countOutput(output: OrdersDatabase): Promise<Map<string, number>> {
  return output.use(async (sql, schema) => {
    const rows = await sql<{ origin: string; count: number }[]>`
      select origin, count(*)::int as count from ${sql(schema)}.orders group by origin`
    return new Map(rows.map(({ origin, count }) => [origin, count]))
  })
}

/**
 * Why a message does not add up.
 *
 * - lost: it was sent, and is neither in the output nor dead nor on its way.
 * - unreadable: the same, and there is a dead letter of its id that could not be read.
 * - not_marked: it has ended, and its row does not say that it was sent; the next send sends it again, which changes nothing.
 * - without_row: it has ended, and the system no longer has its row.
 * - without_letter: the ledger says that it is dead, and none of its dead letters is dead: it was replayed, say, and never came.
 * - not_in_bin: the ledger says that it is purged, and its dead letter is somewhere else.
 * - twice: it is in the output, and dead as well.
 */
export const MISFITS = [
  'lost',
  'unreadable',
  'not_marked',
  'without_row',
  'without_letter',
  'not_in_bin',
  'twice',
] as const
export interface Misfit {
  message_id: string
  origin: string
  reason: (typeof MISFITS)[number]
}

const AT_ONCE = 20_000

/** The messages that do not add up, at most `limit`. Nothing may be on its way: that could not be told from what is lost. */
export async function explainFlow({ sql, databases }: FlowContext, limit: number): Promise<Misfit[]> {
  const found: Misfit[] = []
  for (const system of databases.systems) {
    const origin = system.name
    for (let after = -1; found.length < limit;) {
      const rows = await rowsAfter(system, after)
      if (rows.length === 0) break
      after = rows.at(-1)!.id
      const ids = rows.map(({ message_id }) => message_id)
      const [ends, done] = await Promise.all([endsOf(sql, ids), inDatabase(databases.output, ids)])
      for (const { message_id, sent } of rows) {
        const reason = misfitOf(sent, ends.get(message_id), done.has(message_id))
        if (reason) found.push({ message_id, origin, reason })
      }
    }
    for (let after = FIRST_ID; found.length < limit;) {
      const ids = await endedAfter(sql, origin, after)
      if (ids.length === 0) break
      after = ids.at(-1)!
      const there = await inDatabase(system, ids)
      for (const message_id of ids)
        if (!there.has(message_id)) found.push({ message_id, origin, reason: 'without_row' })
    }
  }
  const shown = found.slice(0, limit)
  const lost = shown.filter(({ reason }) => reason === 'lost').map(({ message_id }) => message_id)
  const unreadable = await unreadableOf(sql, lost)
  return shown.map((one) => (unreadable.has(one.message_id) ? { ...one, reason: 'unreadable' } : one))
}

async function unreadableOf(sql: Sql, ids: string[]): Promise<Set<string>> {
  const rows = await sql<{ message_id: string }[]>`
    select message_id from letters
    where source = ${ORDERS_SOURCE} and message_id = any(${ids}) and starts_with(death, ${UNREADABLE}) and state in ('dead', 'purged')`
  return new Set(rows.map(({ message_id }) => message_id))
}

interface End {
  message_id: string
  state: string
  /** The states of its letters; of a purged one none is left when the bin was emptied. */
  letters: string[]
}

function misfitOf(sent: boolean, end: End | undefined, done: boolean): Misfit['reason'] | undefined {
  const dead = end?.state === 'dead'
  const purged = end?.state === 'purged'
  const letters = end?.letters ?? []
  if (done && (dead || letters.includes('dead'))) return 'twice'
  if (dead && !letters.includes('dead')) return 'without_letter'
  if (purged && letters.length > 0 && !letters.includes('purged')) return 'not_in_bin'
  const ended = done || dead || purged
  if (sent === ended) return undefined
  return sent ? 'lost' : 'not_marked'
}

function rowsAfter(system: OrdersDatabase, after: number) {
  return system.use(
    (sql, schema) => sql<{ id: number; message_id: string; sent: boolean }[]>`
      select id, message_id, sent_at is not null as sent from ${sql(schema)}.orders
      where id > ${after} order by id limit ${AT_ONCE}`,
  )
}

async function endsOf(sql: Sql, ids: string[]): Promise<Map<string, End>> {
  const rows = await sql<End[]>`
    select message_id, state, array(
      select l.state from letters l
      where l.source = ${ORDERS_SOURCE} and l.message_id = m.message_id::text and l.replay = m.replay
        and not starts_with(l.death, ${UNREADABLE})
    ) as letters
    from order_messages m where message_id = any(${ids}::uuid[])`
  return new Map(rows.map((row) => [row.message_id, row]))
}

const FIRST_ID = '00000000-0000-0000-0000-000000000000'

async function endedAfter(sql: Sql, origin: string, after: string): Promise<string[]> {
  const rows = await sql<{ message_id: string }[]>`
    select message_id from order_messages
    where message_id > ${after} and origin = ${origin} and state in ('output', 'dead', 'purged')
    order by message_id limit ${AT_ONCE}`
  return rows.map(({ message_id }) => message_id)
}

/** Which of these a system, or the output, has. */
function inDatabase(database: OrdersDatabase, ids: string[]): Promise<Set<string>> {
  return database.use(async (sql, schema) => {
    const rows = await sql<{ message_id: string }[]>`
      select message_id from ${sql(schema)}.orders where message_id = any(${ids}::uuid[])`
    return new Set(rows.map(({ message_id }) => message_id))
  })
}
