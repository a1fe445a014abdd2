/** The real thing with the model's commands, on any engines. */
import { orders, STEPS } from '../../../consumers/orders.ts'
import { runQueue } from '../../../consumers/run-queue.ts'
import { purgeLetter, restoreLetter } from '../../../db/dead-letters/bin.ts'
import { editLetter, undoEdit } from '../../../db/dead-letters/edit.ts'
import { cancelReplay } from '../../../db/dead-letters/replays/control.ts'
import { claimLetters, followLetters, publishClaimed } from '../../../db/dead-letters/replays/drive.ts'
import { findReplay, type Replay } from '../../../db/dead-letters/replays/replays.ts'
import { startReplay } from '../../../db/dead-letters/replays/start.ts'
import type { Db } from '../../../db/engines/connect.ts'
import type { JournalDocument } from '../../../db/engines/journal/journal.ts'
import type { Decision, Delivery, Queue } from '../../../db/engines/queue/queue.ts'
import { ATTEMPTS_COLLECTION } from '../../../db/orders/journal.ts'
import { ordersLetters } from '../../../db/orders/letter-source.ts'
import { ORDERS_QUEUE, toQueue } from '../../../db/orders/message.ts'
import { ordersReplays } from '../../../db/orders/replay-source.ts'
import { retryNow } from '../../../db/orders/status.ts'
import { AppError } from '../../../lib/errors.ts'
import { until } from '../../kit/program.ts'
import type { OrdersFixture } from '../orders-fixture.ts'
import type { Row, System, Turn } from './model.ts'

export type Step = (typeof STEPS)[number]
export type SenderStep = 'locked' | 'published'

/** What can be seen of all messages from outside. */
export interface Seen {
  messages: Record<string, { replay: number; attempt: number; state: string; journal: string[] }>
  output: string[]
  dead: string[]
  /** Of each replay, oldest first, how many letters are at which turn. */
  replays: Array<Partial<Record<Turn, number>>>
}

const NOBODY = { actor_id: null, actor_name: 'model', address: null, request_id: null }
const SOURCES = [ordersLetters]
/** What a program that drives a replay knows of it. */
const DRIVEN = { name: 'model', state: 'running', rate_per_s: 1000, canary: 0 } as const
const SETTLED_MS = 10_000

export function realOrders(fixture: OrdersFixture, passDelays: () => Promise<unknown>) {
  const { db, config, log } = fixture
  const journal = { ...db.journal, write: faulty(writeCounted) }
  const written = new Map<string, number>()
  const replays: Replay[] = []
  let copies = 0

  const start = (queue = db.queue, after?: (step: Step) => void) =>
    runQueue(orders({ ...db, journal }, config, log, after), queue, log)

  async function seen(): Promise<Seen> {
    const rows = await db.sql<Array<{ message_id: string; replay: number; attempt: number; state: string }>>`
      select message_id, replay, attempt, state from order_messages`
    const messages = await Promise.all(
      rows.map(async ({ message_id, ...rest }) => [message_id, { ...rest, journal: await attemptsOf(message_id) }]),
    )
    const dead = (await fixture.dead()).map(({ message_id }) => message_id)
    return {
      messages: Object.fromEntries(messages) as Seen['messages'],
      output: await fixture.output(),
      dead,
      replays: await Promise.all(replays.map(({ id }) => turnsOf(id))),
    }
  }

  async function writeCounted(...given: Parameters<Db['journal']['write']>): Promise<void> {
    await db.journal.write(...given)
    for (const { id } of given[1]) written.set(id, (written.get(id) ?? 0) + 1)
  }

  async function attemptsOf(message_id: string): Promise<string[]> {
    const found = await db.journal.find(ATTEMPTS_COLLECTION, message_id, 1000)
    const attempts = found.map(
      ({ data }: JournalDocument) => data as { replay: number; attempt: number; status: string },
    )
    return attempts
      .toSorted((a, b) => a.replay - b.replay || a.attempt - b.attempt)
      .map(({ replay, attempt, status }) => `${replay}/${attempt} ${status}`)
  }

  async function turnsOf(replay_id: string): Promise<Partial<Record<Turn, number>>> {
    const rows = await db.sql<{ state: Turn; count: number }[]>`
      select state, count(*)::int from replay_letters where replay_id = ${replay_id} group by state`
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
  }

  const letterOf = async ({ message_id }: Row, state: 'dead' | 'purged') => {
    const [letter] = await db.sql<{ id: string }[]>`
      select id from letters where message_id = ${message_id} and state = ${state}`
    return letter?.id
  }

  /** False when there is no such letter, or `work` is refused as one that cannot be. */
  async function onLetter(
    row: Row,
    state: 'dead' | 'purged',
    work: (id: string) => Promise<unknown>,
  ): Promise<boolean> {
    const id = await letterOf(row, state)
    if (!id) return false
    try {
      await work(id)
      return true
    } catch (err) {
      if (err instanceof AppError && /^(edit_changes_nothing|dead_letter_not_edited)$/.test(err.code)) return false
      throw err
    }
  }

  const isIdle = async () => {
    const { ready, in_flight } = await db.queue.depth(ORDERS_QUEUE)
    return ready + in_flight === 0
  }

  return {
    seen,
    passDelays,

    /** Of each attempt, as `message_id replay/attempt`: how often the journal says that it was begun, and how often it was written. */
    async deliveries(): Promise<Array<[attempt: string, { deliveries: number; written: number }]>> {
      const all = await Promise.all(
        [...new Set([...written.keys()].map((id) => id.split('/')[0]!))].map((id) =>
          db.journal.find(ATTEMPTS_COLLECTION, id, 1000),
        ),
      )
      return all.flat().map(({ id, data }) => {
        const { deliveries } = data as { deliveries: number }
        return [id.replace('/', ' '), { deliveries, written: written.get(id)! }]
      })
    },

    async add(rows: Row[]): Promise<void> {
      for (const { message_id, system, checked } of rows)
        await fixture.databases.system(system).use(
          (sql, schema) => sql`
            insert into ${sql(schema)}.orders (product, price, security_check, message_id)
            values ('Caixa', 1.97, ${checked}, ${message_id})`,
        )
    },

    async send(system: System): Promise<void> {
      await fixture.send(fixture.databases.system(system))
    },

    /** The sender dies once its rows are locked, or once the broker has their messages. */
    async sendAndDie(system: System, step: SenderStep): Promise<void> {
      const publish: Queue['publish'] = async (...given) => {
        if (step === 'published') await db.queue.publish(...given)
        throw new Dead()
      }
      const sending = fixture.send(fixture.databases.system(system), { ...db, queue: { ...db.queue, publish } })
      await sending.catch((err: unknown) => {
        if (!(err instanceof Dead)) throw err
      })
    },

    /** A copy that the broker cannot know for one. */
    async duplicate({ message_id, system, checked, needs }: Row): Promise<void> {
      const message = { message_id, origin: system, order_id: 0, product: 'Caixa', price: '1.97' }
      const travel = { trace_id: 'copy', replay: 0, attempts_before: 0 }
      const copy = toQueue({ ...message, security_check: checked, required_attempts: needs }, travel)
      await db.queue.publish(ORDERS_QUEUE, [{ ...copy, id: `${message_id}:copy:${++copies}` }])
    },

    /** False when it is refused. */
    async retryNow({ message_id }: Row): Promise<boolean> {
      try {
        await retryNow(db, message_id, NOBODY)
        return true
      } catch (err) {
        if (err instanceof AppError && /^order_message_not_(found|waiting)$/.test(err.code)) return false
        throw err
      }
    },

    purge: (row: Row) => onLetter(row, 'dead', (id) => purgeLetter(db.sql, SOURCES, id, NOBODY)),
    restore: (row: Row) => onLetter(row, 'purged', (id) => restoreLetter(db.sql, SOURCES, id, NOBODY)),
    edit: (row: Row, needs: number) =>
      onLetter(row, 'dead', (id) => editLetter(db.sql, SOURCES, id, { required_attempts: needs }, NOBODY)),
    undoEdit: (row: Row) => onLetter(row, 'dead', (id) => undoEdit(db.sql, id, NOBODY)),

    async startReplay(row: Row | undefined): Promise<void> {
      const filter = row ? { message_id: row.message_id } : {}
      const asked = { name: 'model', source: 'orders', filter, rate_per_s: 1000, canary: 0 }
      replays.push(await startReplay(db.sql, asked, NOBODY))
    },

    /** Sends what is pending; may die once all is claimed, or once the queue has it. */
    async drive(dies?: 'claimed' | 'published'): Promise<void> {
      const source = ordersReplays(db.queue)
      const publish: typeof source.publish = async (letters) => {
        await source.publish(letters)
        throw new Dead()
      }
      for (const replay of replays) {
        const driven = { ...(await findReplay(db.sql, replay.id)), ...DRIVEN }
        await claimLetters(db.sql, source, driven, 1000)
        if (dies === 'claimed') continue
        const publishing = publishClaimed(db.sql, dies ? { ...source, publish } : source, driven)
        await publishing.catch((err: unknown) => {
          if (!(err instanceof Dead)) throw err
        })
      }
    },

    /** Of the nth replay, if it is not finished. */
    async cancel(nth: number): Promise<void> {
      const replay = replays[nth]
      if (!replay) return
      try {
        await cancelReplay(db.sql, replay.id, NOBODY)
      } catch (err) {
        if (!(err instanceof AppError && err.code === 'replay_in_another_state')) throw err
      }
    },

    /** The next writes of the journal, or to the output, fail. */
    async fail(engine: 'journal' | 'output', times: number): Promise<void> {
      if (engine === 'journal') journal.write.failNext(times)
      else await db.sql`select setval('output_faults', ${-times}, false)`
    },

    /** A consumer dies after the nth time of a step, if it comes so far. */
    async crash(step: Step, nth: number, besides: boolean): Promise<void> {
      let times = 0
      const mortal = mortalQueue(db.queue)
      const other = besides ? await start() : undefined
      const dying = await start(mortal.queue, (done) => {
        if (done === step && ++times === nth) mortal.die()
        if (mortal.isDead()) throw new Dead()
      })
      await until('the crash', async () => mortal.isDead() || (await isIdle()), SETTLED_MS)
      mortal.die()
      await dying.stop()
      await other?.stop()
    },

    /** Until nothing is ready, and all is as `wanted`; otherwise it returns what there is when that does not change any more. */
    async consume(consumers: number, wanted: Seen): Promise<Seen> {
      const running = await Promise.all(Array.from({ length: consumers }, () => start()))
      let now: Seen | undefined
      const agrees = async () => {
        if (!(await isIdle())) return false
        for (const { id } of replays) await followLetters(db.sql, ordersReplays(db.queue), { id, ...DRIVEN })
        return Bun.deepEquals((now = await seen()), wanted)
      }
      await until('the same', agrees, SETTLED_MS).catch(() => {})
      await Promise.all(running.map((one) => one.stop()))
      return now ?? (await seen())
    },
  }
}

class Dead extends Error {}

/** A queue whose consumer decides nothing any more once it is dead; what it held goes back when it is stopped. */
function mortalQueue(queue: Queue) {
  let dead = false
  const stopping = Promise.withResolvers<void>()
  const consume: Queue['consume'] = async (settings, handler, options) => {
    const mortal = async (delivery: Delivery, signal: AbortSignal) => {
      const decided = await handler(delivery, signal).catch((err: unknown): Decision => {
        if (err instanceof Dead) return 'return'
        throw err
      })
      if (!dead) return decided
      await stopping.promise
      return 'return'
    }
    const consumer = await queue.consume(settings, mortal, options)
    return {
      stop() {
        const stopped = consumer.stop()
        stopping.resolve()
        return stopped
      },
    }
  }
  return { queue: { ...queue, consume }, isDead: () => dead, die: () => void (dead = true) }
}

/** Fails as an engine that is away, as often as it is told. */
function faulty(write: Db['journal']['write']) {
  let faults = 0
  const made: Db['journal']['write'] = (...given) => {
    if (faults === 0) return write(...given)
    faults--
    throw new AppError('unavailable', 'journal_unavailable', { en: 'The journal is away.', pt: 'O diário está fora.' })
  }
  return Object.assign(made, { failNext: (times: number) => void (faults = times) })
}

/** Lets `fail` fail writes to the output. */
export const makeOutputFaulty = (fixture: OrdersFixture) =>
  fixture.databases.output.use((sql, schema) =>
    sql`
        create sequence output_faults minvalue -1000 start 0;
        create function output_fault() returns trigger language plpgsql as $$
        begin
          if nextval('output_faults') < 0 then raise exception 'No space left on device' using errcode = 'disk_full'; end if;
          return null;
        end $$;
        create trigger output_fault before insert on ${sql(schema)}.orders execute function output_fault()`.simple(),
  )
