/**
 * Who may try a password or a code, and when. The rules know no names of users: an account is any text that was typed as a
 * name, so that nothing tells whether there is such a user. An attempt counts at its source, which is
 * - known: a device or an address that the account signed in from in the last 90 days, or a session of the account;
 * - a stranger's: any other, taken together by its network (/24, /40).
 * A source has five attempts, then a delay that doubles from a second to a quarter of an hour, and a hundred in all: after those a
 * known one is known no more, and a network rests for 30 days. Beyond the first two of each network, the strangers of an account
 * share a budget of 50 attempts and one in a quarter of an hour: a botnet gets that, and the owner, wherever they are, their
 * first two. Codes, which only a right password leads to, are counted for all strangers together as well.
 * The arithmetic is in docs/architecture.md.
 */
import { networkOf as addressNetwork, widerNetworkOf } from '../../../lib/network.ts'

const SECOND_MS = 1000
const DAY_MS = 86_400 * SECOND_MS

export const FREE_FAILURES = 5
export const MAX_FAILURES = 100
export const MAX_DELAY_MS = 900 * SECOND_MS
/** How long failures are remembered after the last of them. */
export const MEMORY_MS = 30 * DAY_MS
/** How long a source that an account signed in from stays known. */
export const KNOWN_MS = 90 * DAY_MS
/** A try, and one for a slip of the finger. */
export const FIRST_TRIES = 2
export const SHARED_ATTEMPTS = 50
export const SHARED_EVERY_MS = 900 * SECOND_MS

export type Step = 'password' | 'code'

/** The rows that all strangers of an account share. */
export const SHARED: Record<Step, string> = { password: 'strangers', code: 'codes of strangers' }

/** Where an attempt comes from. */
export interface Origin {
  address: string | null
  /** The text that a browser keeps which signed in here before, to whichever account; null for none. */
  device?: string | null | undefined
  /** For a proof that is asked for in a session. */
  session_id?: string
}

export interface Count {
  /** In a row. */
  failures: number
  /** When the next attempt may come. */
  next_ms: number
  /** 0: it never was, or is no more. */
  known_until_ms: number
  /** When the row counts for nothing. */
  forgotten_ms: number
}

/** By source; what was never counted is not there. */
export type Counts = ReadonlyMap<string, Count>
export type Changes = ReadonlyMap<string, Count>

/** The source that an attempt counts at. */
export interface Place {
  source: string
  known: boolean
}

/** An attempt that was counted. */
export interface Taken extends Place {
  /** The row of all strangers that it counts at as well. */
  shared: string | null
  /** In a row, this one included: at the source, and at the shared row. */
  failures: number
  shared_failures: number
}

/** Every source whose count decides about an attempt from there. */
export const sourcesOf = (origin: Origin, step: Step): string[] => [...ownOf(origin), networkOf(origin), SHARED[step]]

/** The surest source of the origin that is known; else the network. */
export function placeOf(origin: Origin, counts: Counts, now_ms: number): Place {
  // Who has a session has signed in.
  const isKnown = (source: string) =>
    origin.session_id !== undefined || countOf(counts, source, now_ms).known_until_ms > now_ms
  const known = ownOf(origin).find(isKnown)
  return { source: known ?? networkOf(origin), known: known !== undefined }
}

/** The rows that an attempt there may change. */
export const rowsAt = ({ source, known }: Place, step: Step): string[] => (known ? [source] : [source, SHARED[step]])

/** Counts an attempt, as a failure until more is known; or says how long it has to wait, and then nothing is counted. */
export function takeAttempt(
  place: Place,
  step: Step,
  counts: Counts,
  now_ms: number,
): { wait_ms: number } | { taken: Taken; changes: Changes } {
  const before = countOf(counts, place.source, now_ms)
  const is_free = step === 'password' && before.failures < FIRST_TRIES
  const shared = place.known || is_free ? null : SHARED[step]
  const shared_before = shared === null ? NONE : countOf(counts, shared, now_ms)
  const wait_ms = Math.max(before.next_ms, shared_before.next_ms) - now_ms
  if (wait_ms > 0) return { wait_ms }

  const after = failed(before, now_ms)
  const shared_after = step === 'password' ? drawn(shared_before, now_ms) : failed(shared_before, now_ms)
  return {
    taken: { ...place, shared, failures: after.failures, shared_failures: shared === null ? 0 : shared_after.failures },
    changes: new Map([[place.source, after], ...(shared === null ? [] : [[shared, shared_after] as const])]),
  }
}

/** Takes back an attempt that was not wrong, or not tried. */
export function undoAttempt({ source, shared }: Taken, counts: Counts, now_ms: number): Changes {
  const taken = [source, ...(shared === null ? [] : [shared])]
  return new Map(taken.map((one) => [one, undone(countOf(counts, one, now_ms), one === SHARED.password, now_ms)]))
}

/** The rows that a success may change. */
export const rowsOfSuccess = ({ source, shared }: Taken, origin: Origin): string[] => [
  ...new Set([source, ...(shared === null ? [] : [shared]), ...ownOf(origin)]),
]

/** The sign-in was right as a whole: failures of its source, and wrong codes, are over; its device and address are known. */
export function succeed(taken: Taken, origin: Origin, counts: Counts, now_ms: number): Changes {
  const over: Count = { ...NONE, forgotten_ms: now_ms }
  const known: Count = { ...NONE, known_until_ms: now_ms + KNOWN_MS, forgotten_ms: now_ms + KNOWN_MS }
  const changes = new Map(undoAttempt(taken, counts, now_ms))
  for (const one of changes.keys()) if (one !== SHARED.password) changes.set(one, over)
  if (origin.session_id === undefined) for (const one of ownOf(origin)) changes.set(one, known)
  return changes
}

/** The sources that may be known, the surest first. */
function ownOf({ session_id, device, address }: Origin): string[] {
  if (session_id !== undefined) return [`session ${session_id}`]
  return [...(device ? [`device ${hashOf(device)}`] : []), `address ${addressNetwork(address)}`]
}

const networkOf = ({ address }: Origin): string => `network ${widerNetworkOf(address)}`

const NONE: Count = { failures: 0, next_ms: 0, known_until_ms: 0, forgotten_ms: 0 }

function countOf(counts: Counts, source: string, now_ms: number): Count {
  const count = counts.get(source)
  if (!count || count.forgotten_ms <= now_ms) return NONE
  // A known place outlives the memory of its failures.
  return count.next_ms + MEMORY_MS > now_ms ? count : { ...count, failures: 0 }
}

/** One failure more in a row, and the delay that it brings. */
function failed(before: Count, now_ms: number): Count {
  const failures = before.failures + 1
  const doubled_ms = failures < FREE_FAILURES ? 0 : SECOND_MS * 2 ** (failures - FREE_FAILURES)
  const next_ms = now_ms + (failures < MAX_FAILURES ? Math.min(MAX_DELAY_MS, doubled_ms) : MEMORY_MS)
  const known_until_ms = failures < MAX_FAILURES ? before.known_until_ms : 0
  return { failures, next_ms, known_until_ms, forgotten_ms: Math.max(now_ms + MEMORY_MS, known_until_ms) }
}

/** One attempt out of a budget that fills up steadily: a token bucket, kept as the time of its next token. */
function drawn(before: Count, now_ms: number): Count {
  const full_ms = (SHARED_ATTEMPTS - 1) * SHARED_EVERY_MS
  const next_ms = Math.max(before.next_ms, now_ms - full_ms) + SHARED_EVERY_MS
  return { failures: before.failures + 1, next_ms, known_until_ms: 0, forgotten_ms: next_ms + full_ms }
}

function undone(count: Count, is_budget: boolean, now_ms: number): Count {
  const next_ms = is_budget ? count.next_ms - SHARED_EVERY_MS : Math.min(count.next_ms, now_ms)
  return { ...count, failures: Math.max(0, count.failures - 1), next_ms }
}

const hashOf = (device: string) => new Bun.CryptoHasher('sha256').update(device).digest('base64url')
