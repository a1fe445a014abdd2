/** The model and the real thing do the same over random sequences of commands. */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { STEPS } from '../../../consumers/orders.ts'
import { explainFlow, readFlow } from '../../../db/orders/flow.ts'
import { openOrders, type OrdersFixture } from '../orders-fixture.ts'
import { OrdersModel, type Row, type System } from './model.ts'
import { makeOutputFaulty, realOrders, type Seen, type SenderStep, type Step } from './real.ts'

const MAX_ATTEMPTS = 3
const HOUR_S = 3600

type Order = Pick<Row, 'system' | 'checked' | 'needs'>
type Command =
  | { do: 'add'; orders: Order[] }
  | { do: 'send'; system: System }
  | { do: 'sender dies'; system: System; step: SenderStep }
  | { do: 'consume'; consumers: number }
  | { do: 'consumer dies'; step: Step; nth: number; besides: boolean }
  | { do: 'engine fails'; engine: 'journal' | 'output'; times: number }
  | { do: 'delays pass' }
  | { do: 'duplicate'; which: number }
  | { do: 'retry now' | 'purge' | 'restore' | 'undo edit' | 'replay'; which: number }
  | { do: 'edit'; which: number; needs: number }
  | { do: 'replay all' | 'drive' }
  | { do: 'driver dies'; once: 'claimed' | 'published' }
  | { do: 'cancel'; replay: number }

const system = fc.constantFrom<System>('a', 'b')
const order: fc.Arbitrary<Order> = fc
  .record({ system, checked: fc.boolean(), needs: fc.integer({ min: 1, max: MAX_ATTEMPTS }) })
  .map((one) => (one.checked ? one : { ...one, needs: MAX_ATTEMPTS + 1 }))
const orders = fc.array(order, { minLength: 1, maxLength: 4 })
const which = fc.nat(20)
const named = <Name extends Command['do'], T>(name: Name, model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record({ do: fc.constant(name), ...model }) as unknown as fc.Arbitrary<Extract<Command, { do: Name }>>
const command: fc.Arbitrary<Command> = fc.oneof(
  named('add', { orders }),
  named('send', { system }),
  named('sender dies', { system, step: fc.constantFrom<SenderStep>('locked', 'published') }),
  { weight: 3, arbitrary: named('consume', { consumers: fc.integer({ min: 1, max: 2 }) }) },
  {
    weight: 4,
    arbitrary: named('consumer dies', {
      step: fc.constantFrom(...STEPS),
      nth: fc.integer({ min: 1, max: 4 }),
      besides: fc.boolean(),
    }),
  },
  named('engine fails', { engine: fc.constantFrom('journal', 'output'), times: fc.integer({ min: 1, max: 2 }) }),
  { weight: 2, arbitrary: named('delays pass', {}) },
  named('duplicate', { which }),
  { weight: 2, arbitrary: named('retry now', { which }) },
)
const withLetters = fc.oneof(
  { weight: 9, arbitrary: command },
  { weight: 2, arbitrary: named('delays pass', {}) },
  named('purge', { which }),
  named('restore', { which }),
  { weight: 2, arbitrary: named('edit', { which, needs: fc.integer({ min: 1, max: MAX_ATTEMPTS + 1 }) }) },
  named('undo edit', { which }),
  named('replay', { which }),
  { weight: 2, arbitrary: named('replay all', {}) },
  { weight: 3, arbitrary: named('drive', {}) },
  { weight: 2, arbitrary: named('driver dies', { once: fc.constantFrom('claimed', 'published') }) },
  named('cancel', { replay: fc.nat(3) }),
)
/** Deaths first, so that there is something to work with; or one while its first copy still waits. */
const dying = (next: Command): Command[] =>
  Array.from({ length: MAX_ATTEMPTS }, (): Command[] => [{ do: 'consume', consumers: 1 }, next]).flat()
const DIE = dying({ do: 'delays pass' })
const DIE_NOW = dying({ do: 'retry now', which: 0 })
const SEND_ALL: Command[] = [
  { do: 'send', system: 'a' },
  { do: 'send', system: 'b' },
]
const sequence = fc.oneof(
  fc.tuple(orders, fc.array(command, { minLength: 3, maxLength: 14 })),
  fc
    .tuple(orders, fc.constantFrom(DIE, DIE_NOW), fc.array(withLetters, { minLength: 3, maxLength: 14 }))
    .map(([first, deaths, some]): [Order[], Command[]] => [first, [...deaths, ...some]]),
)

/**
 * `engines`: what stands behind other roles. `empty` removes what they hold, `passDelays` ends the delay of every message that waits
 * for its retry.
 */
export interface ModelOptions {
  engines: Record<string, string>
  runs: number
  empty?(): Promise<unknown>
  passDelays?(fixture: OrdersFixture): Promise<unknown>
}

export function modelContract({ engines, runs, empty = async () => {}, passDelays = passInTable }: ModelOptions): void {
  let fixture: OrdersFixture
  beforeAll(async () => {
    const policy = { ORDERS_MAX_ATTEMPTS: String(MAX_ATTEMPTS), ORDERS_RETRY_DELAY_S: String(HOUR_S) }
    fixture = await openOrders({ ...engines, ...policy })
    await makeOutputFaulty(fixture)
  })
  afterAll(() => fixture.close())

  test('orders do what their model does, whatever is sent, fails, dies, is purged, edited and replayed', async () => {
    const seed = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31))
    console.log(`FC_SEED=${seed}`)
    const property = fc.asyncProperty(sequence, async ([first, commands]) => {
      await fixture.empty()
      await empty()
      await compare(fixture, [{ do: 'add', orders: first }, ...SEND_ALL, ...commands], () => passDelays(fixture))
    })
    await fc.assert(property, { seed, numRuns: runs, maxSkipsPerRun: 0, interruptAfterTimeLimit: 300_000 })
  })
}

async function compare(fixture: OrdersFixture, commands: Command[], passDelays: () => Promise<unknown>): Promise<void> {
  const model = new OrdersModel(MAX_ATTEMPTS)
  const real = realOrders(fixture, passDelays)

  async function consume(consumers: number, died = false): Promise<void> {
    model.consume({ died })
    expect(await real.consume(consumers, seenIn(model))).toEqual(seenIn(model))
    for (const [attempt, { deliveries, written }] of await real.deliveries()) {
      expect([attempt, deliveries]).toEqual([attempt, Math.min(deliveries, model.most.get(attempt)!)])
      // Marked as made again.
      if (!model.at_once.has(attempt)) expect([attempt, deliveries]).toEqual([attempt, Math.max(deliveries, written)])
    }
  }

  async function run(one: Command): Promise<void> {
    const row = 'which' in one ? model.rows[one.which % model.rows.length]! : undefined
    if (one.do === 'add') {
      const rows = one.orders.map((made): Row => ({ ...made, message_id: idOf(made), sent: false }))
      model.rows.push(...rows)
      await real.add(rows)
    } else if (one.do === 'send') {
      model.send(one.system, { marks: true })
      await real.send(one.system)
    } else if (one.do === 'sender dies') {
      if (one.step === 'published') model.send(one.system, { marks: false })
      await real.sendAndDie(one.system, one.step)
    } else if (one.do === 'consume') await consume(one.consumers)
    else if (one.do === 'consumer dies') {
      await real.crash(one.step, one.nth, one.besides)
      await consume(1, true)
    } else if (one.do === 'engine fails') await real.fail(one.engine, one.times)
    else if (one.do === 'delays pass') {
      model.pass()
      await real.passDelays()
    } else if (one.do === 'duplicate') {
      model.duplicate(row!)
      await real.duplicate(row!)
    } else if (one.do === 'retry now') expect(await real.retryNow(row!)).toBe(model.retryNow(row!))
    else if (one.do === 'purge') expect(await real.purge(row!)).toBe(model.purge(row!))
    else if (one.do === 'restore') expect(await real.restore(row!)).toBe(model.restore(row!))
    else if (one.do === 'edit') expect(await real.edit(row!, one.needs)).toBe(model.edit(row!, one.needs))
    else if (one.do === 'undo edit') expect(await real.undoEdit(row!)).toBe(model.undoEdit(row!))
    else if (one.do === 'replay' || one.do === 'replay all') {
      model.startReplay(row)
      await real.startReplay(row)
    } else if (one.do === 'cancel') {
      model.cancel(model.replays[one.replay])
      await real.cancel(one.replay)
    } else {
      const dies = one.do === 'driver dies' ? one.once : undefined
      model.drive(dies)
      await real.drive(dies)
    }
  }

  for (const one of commands) {
    await run(one)
    expect([one, await real.seen()]).toEqual([one, seenIn(model)])
  }
  for (const one of SEND_ALL) await run(one)
  await run({ do: 'drive' })
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    await run({ do: 'consume', consumers: 2 })
    await run({ do: 'delays pass' })
  }
  await run({ do: 'consume', consumers: 1 })
  const context = { ...fixture.db, databases: fixture.databases }
  expect(await readFlow(context)).toMatchObject({ balance: 'at_rest', sent: model.rows.length })
  expect(await explainFlow(context, 10)).toEqual([])
}

function seenIn({ messages, replays }: OrdersModel): Seen {
  const at = (wanted: string) =>
    [...messages].flatMap(([message_id, { state }]) => (state === wanted ? [message_id] : [])).toSorted()
  const seen = [...messages].map(([message_id, { needs: _, ...rest }]) => [message_id, rest] as const)
  return {
    messages: Object.fromEntries(seen),
    output: at('output'),
    dead: at('dead'),
    replays: replays.map((replay) => countBy(replay.map(({ turn }) => turn))),
  }
}

const countBy = <Key extends string>(keys: Key[]): Partial<Record<Key, number>> =>
  Object.fromEntries(
    Object.entries(Object.groupBy(keys, (key) => key)).map(([key, all]) => [key, (all as Key[]).length]),
  ) as {}

/** A row asks for one attempt more than the end of its id says, modulo as many as there are. */
const idOf = ({ checked, needs }: Order) =>
  `${crypto.randomUUID().slice(0, 28)}${(checked ? needs - 1 : 0).toString(16).padStart(8, '0')}`

const passInTable = ({ db }: OrdersFixture) =>
  db.sql`update queue_messages set available_at = now() where available_at > now()`
