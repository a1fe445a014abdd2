/**
 * How the roles are timed: ours and the bare client take turns in one run, since a machine that is busy with something
 * else is so for both. A figure is the median of its rounds, a ratio the median of the rounds' own ratios.
 */
import type { Figure } from '../main.ts'

export const BYTES = 300
/** Messages or rows of one call. */
export const BATCH = 500
const ROUNDS = 5
const WAKE_UPS = 100

/** How often a second each did its work, round by round. */
export interface Rounds {
  ours: number[]
  bare: number[]
}

/** Ours, bare, bare, ours, … after one round that does not count, in which code is compiled and tables are made. */
export async function inRounds(ours: () => Promise<number>, bare: () => Promise<number>, rounds = ROUNDS) {
  const result: Rounds = { ours: [], bare: [] }
  for (let round = -1; round < rounds; round++) {
    const turns = [async () => result.ours.push(await ours()), async () => result.bare.push(await bare())]
    if (round % 2 === 0) turns.reverse()
    for (const turn of turns) await turn()
    if (round === -1) result.ours.length = result.bare.length = 0
  }
  return result
}

/** A line of the table: what we do a second, what the bare client does, and how much of it that is. */
export function perSecond(figure: string, { ours, bare }: Rounds, target: string, work: string): Figure {
  const ratio = round(median(ours.map((value, i) => value / bare[i]!)))
  return { figure, value: Math.round(median(ours)), unit: '/s', bare: Math.round(median(bare)), ratio, target, work }
}

/** How often `count` of it fit into a second. */
export async function rate(count: number, work: () => Promise<unknown>): Promise<number> {
  const begun_at = performance.now()
  await work()
  return count / ((performance.now() - begun_at) / 1000)
}

/** `count` calls, `at_once` of them at any time. */
export async function inTurns(count: number, at_once: number, work: (n: number) => PromiseLike<unknown>) {
  let next = 0
  const caller = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: at_once }, caller))
}

/** Says how fast `count` messages come, from the first batch on: joining a group is patience, not speed. */
export function arrivals(count: number) {
  const { promise, resolve } = Promise.withResolvers<number>()
  let first = 0
  let begun_at = 0
  let received = 0
  return {
    came(messages: number) {
      received += messages
      if (begun_at === 0) {
        begun_at = performance.now()
        first = received
      }
      if (received >= count) resolve((received - first) / ((performance.now() - begun_at) / 1000))
    },
    /** Resolves with messages a second. */
    all: promise,
  }
}

/** Makes a cause, and resolves when a sleeping consumer has been woken by it. */
export type WakeUp = (n: number) => Promise<unknown>

/** `prepare` starts a consumer that calls `woken`, and returns the cause. */
export async function sleeper(prepare: (woken: () => void) => Promise<(n: number) => PromiseLike<unknown>>) {
  let woken = () => {}
  const cause = await prepare(() => woken())
  return async (n: number) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    woken = resolve
    await Promise.all([cause(n), promise])
  }
}

/** Milliseconds from the call to the wake-up, p50 and p99, with a pause before each, so that all is idle. */
export async function wakeUps(figure: string, ours: WakeUp, bare: WakeUp, target: string, work: string) {
  const times = { ours: [] as number[], bare: [] as number[] }
  for (let n = 0; n < WAKE_UPS; n++)
    for (const side of ['ours', 'bare'] as const) {
      await Bun.sleep(15)
      const begun_at = performance.now()
      await (side === 'ours' ? ours : bare)(n)
      // The first few find nothing compiled.
      if (n >= 10) times[side].push(performance.now() - begun_at)
    }
  return [0.5, 0.99].map((share): Figure => {
    const [value, reference] = [quantile(times.ours, share), quantile(times.bare, share)]
    return {
      figure: `${figure} p${share * 100}`,
      value: round(value),
      unit: 'ms',
      bare: round(reference),
      ratio: round(reference / value),
      target: share === 0.5 ? target : '',
      work,
    }
  })
}

export const median = (values: number[]) => quantile(values, 0.5)

export function quantile(values: number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))]!
}

export const round = (value: number) => Math.round(value * 100) / 100
