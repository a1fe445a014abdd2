/**
 * Messages of `events.failed`: the original key, bytes and headers, with why and where it failed in the headers of Kafka Connect's
 * dead-letter queues (`__connect.errors.…`, KIP-298), so that tools which know those can read them, and in our own (`doca.…`).
 */
import type { Message, StoredMessage } from '../engines/stream/stream.ts'
import { keyBytes, keyOf } from '../engines/stream/key.ts'
import { readable } from '../../lib/readable.ts'

/** Where each reason belongs: our step, and the stage of Kafka Connect that it is like. */
const REASONS = {
  empty: { step: 'decode', stage: 'VALUE_CONVERTER' },
  too_large: { step: 'decode', stage: 'VALUE_CONVERTER' },
  not_json: { step: 'decode', stage: 'VALUE_CONVERTER' },
  registry_missing: { step: 'decode', stage: 'VALUE_CONVERTER' },
  schema_unknown: { step: 'decode', stage: 'VALUE_CONVERTER' },
  schema_unsupported: { step: 'decode', stage: 'VALUE_CONVERTER' },
  schema_mismatch: { step: 'decode', stage: 'VALUE_CONVERTER' },
  version_unknown: { step: 'decode', stage: 'VALUE_CONVERTER' },
  invalid: { step: 'validate', stage: 'TRANSFORMATION' },
  unknown_sku: { step: 'enrich', stage: 'TRANSFORMATION' },
  conflict: { step: 'ledger', stage: 'TRANSFORMATION' },
  unstorable: { step: 'history', stage: 'TASK_PUT' },
} as const

export type FailureReason = keyof typeof REASONS

export interface Failure {
  message: StoredMessage
  reason: FailureReason
  detail: string
  /** Where it could be read. */
  event_id: string | null
  /** What was thrown, if anything was. */
  thrown?: unknown
}

/** Letters of unknown reasons, which another program wrote, have the step of their reading. */
export const stepOf = (reason: string): string => REASONS[reason as FailureReason]?.step ?? 'decode'

const ERRORS = '__connect.errors.'
export const FAILED = {
  topic: `${ERRORS}topic`,
  partition: `${ERRORS}partition`,
  offset: `${ERRORS}offset`,
  message: `${ERRORS}exception.message`,
  stacktrace: `${ERRORS}exception.stacktrace`,
  reason: 'doca.reason',
  event_id: 'doca.event_id',
  attempts: 'doca.attempts',
  failed_at: 'doca.failed_at',
  /** The time of the original message; its replays carry it, too. */
  produced_at: 'doca.produced_at',
  /** Of a message that is too large for the topic: the size of its value, whose beginning alone is here. */
  cut_from: 'doca.cut_from_bytes',
} as const

/** Headers of a message that is replayed: the letter that it was, and that it is the nth replay. */
export const REPLAY_OF = 'doca.replay_of'
export const REPLAY = 'doca.replay'

/** What a message came with, without what its failures added. */
export const withoutFailure = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(ERRORS) && !name.startsWith('doca.')))

/** Longer details and stacks are cut. */
const MAX_DETAIL = 1000
const MAX_STACK = 4000

/** What failed, by its name and a number. */
export interface Worker {
  name: string
  task: number
}

/** `max_bytes`: of what the message came with. */
export function failedMessage(failure: Failure, worker: Worker, now: Date, max_bytes = Infinity): Message {
  const { message, reason, detail, event_id, thrown } = failure
  const { topic, partition, offset } = message
  // Somebody has copied it from the topic of failed events by hand: it is no replay, whatever it was before.
  const headers = message.headers[FAILED.reason] === undefined ? message.headers : withoutFailure(message.headers)
  const { key, value, headers: own, cut_from } = cut({ ...message, headers }, max_bytes)
  return {
    key,
    value,
    headers: {
      ...own,
      [FAILED.topic]: topic,
      [FAILED.partition]: String(partition),
      [FAILED.offset]: String(offset),
      [`${ERRORS}connector.name`]: worker.name,
      [`${ERRORS}task.id`]: String(worker.task),
      [`${ERRORS}stage`]: REASONS[reason].stage,
      [`${ERRORS}class.name`]: `doca.events.${REASONS[reason].step}`,
      [`${ERRORS}exception.class.name`]: thrown instanceof Error ? thrown.name : DATA_EXCEPTION,
      [FAILED.message]: headerText(detail, MAX_DETAIL),
      [FAILED.stacktrace]: headerText(stackOf(thrown) ?? `${DATA_EXCEPTION}: ${detail}`, MAX_STACK),
      [FAILED.reason]: reason,
      ...(event_id !== null && { [FAILED.event_id]: event_id }),
      [FAILED.attempts]: String(replayOf(headers) + 1),
      [FAILED.failed_at]: now.toISOString(),
      [FAILED.produced_at]: producedAt({ ...message, headers }).toISOString(),
      ...(cut_from !== undefined && { [FAILED.cut_from]: String(cut_from) }),
    },
  }
}

/** Of what is too large: the beginning of the value, and headers and key where they take a quarter at most. */
function cut({ key, value, headers }: Pick<StoredMessage, 'key' | 'value' | 'headers'>, max_bytes: number) {
  const quarter = Math.floor(max_bytes / 4)
  const key_bytes = keyBytes(key) ?? new Uint8Array()
  const header_bytes = Buffer.byteLength(JSON.stringify(headers))
  const value_bytes = value?.byteLength ?? 0
  if (key_bytes.byteLength + header_bytes + value_bytes <= max_bytes) return { key, value, headers }
  return {
    key: key_bytes.byteLength > quarter ? keyOf(key_bytes.subarray(0, quarter)) : key,
    value: value && value.subarray(0, 2 * quarter),
    headers: header_bytes > quarter ? replayHeaders(headers) : headers,
    cut_from: value_bytes,
  }
}

/** Without these, the replay would never learn how its message ended. */
const replayHeaders = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name === REPLAY || name === REPLAY_OF))

/** As Kafka Connect calls what is wrong with the data itself. */
const DATA_EXCEPTION = 'DataException'

const stackOf = (thrown: unknown) => (thrown instanceof Error && thrown.stack ? readable(thrown.stack) : undefined)

/** How often the message had been replayed before. */
export function replayOf(headers: Record<string, string>): number {
  const text = headers[REPLAY] ?? ''
  return /^\d{1,4}$/.test(text) ? Number(text) : 0
}

/** The letter that was replayed as this message. */
export function letterReplayed(headers: Record<string, string>): string | undefined {
  const text = headers[REPLAY_OF] ?? ''
  return LOWER_UUID.test(text) ? text : undefined
}

/** When the message was produced first: the replay of a letter is not newer for that. */
export function producedAt({ headers, produced_at }: Pick<StoredMessage, 'headers' | 'produced_at'>): Date {
  const first = letterReplayed(headers) === undefined ? NaN : Date.parse(headers[FAILED.produced_at] ?? '')
  return first >= 0 && first < produced_at.getTime() ? new Date(first) : produced_at
}

export const LOWER_UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A parser's message may quote characters that no engine stores. */
const headerText = (text: string, max: number) => text.slice(0, max).replaceAll('\0', '�').toWellFormed()
