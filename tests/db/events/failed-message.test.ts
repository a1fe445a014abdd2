import { expect, test } from 'bun:test'
import { deathOf } from '../../../db/events/deaths.ts'
import { FAILED, failedMessage, producedAt, withoutFailure, type Failure } from '../../../db/events/failed-message.ts'
import { MAX_MESSAGE_BYTES } from '../../../db/engines/stream/limits.ts'
import type { StoredMessage } from '../../../db/engines/stream/stream.ts'

const AT = new Date('2026-11-20T09:31:10.000Z')
const original: StoredMessage = {
  topic: 'events',
  partition: 1,
  offset: 42,
  key: 'A',
  value: new Uint8Array([1, 2, 3]),
  headers: { own: 'x' },
  produced_at: AT,
}
const failure = (more: Partial<Failure> = {}): Failure => ({
  message: original,
  reason: 'not_json',
  detail: 'why',
  event_id: null,
  ...more,
})
const fail = (more?: Partial<Failure>) => failedMessage(failure(more), { name: 'events', task: 7 }, AT)
/** As it is read from the topic of failed events. */
const dead = (message: ReturnType<typeof fail>, offset = 0) =>
  deathOf({ ...message, headers: message.headers!, topic: 'events.failed', partition: 0, offset, produced_at: AT })

test('of a message that is too large there is its beginning and its size', () => {
  const value = new Uint8Array(MAX_MESSAGE_BYTES + 1).fill(7)
  const large = failure({ message: { ...original, value }, reason: 'too_large' })
  const { value: cut, headers } = failedMessage(large, { name: 'events', task: 7 }, AT, 2 * 1024 * 1024)
  expect(cut?.byteLength).toBe(1024 * 1024)
  expect(headers).toMatchObject({ [FAILED.cut_from]: String(value.byteLength), own: 'x' })
  expect(dead({ key: 'A', value: cut!, headers: headers! })).toMatchObject({ body: cut!, reason: 'too_large' })
})

test('long details and stacks are cut, and hold nothing that an engine refuses', () => {
  const thrown = new Error(`at postgres://user:secret@host/ ${'x'.repeat(20_000)}`)
  const { headers } = fail({ detail: `a\0b\ud800${'y'.repeat(5000)}`, thrown })
  expect(headers![FAILED.message]).toHaveLength(1000)
  expect(headers![FAILED.message]).toStartWith('a\ufffdb\ufffd')
  expect(headers![FAILED.stacktrace]!.length).toBeLessThanOrEqual(4000)
  expect(headers![FAILED.stacktrace]).not.toContain('secret')
})

test('a message that failed, was sent again by hand with its headers and fails again has those of the new failure', () => {
  const first = fail()
  const again = fail({
    message: { ...original, headers: first.headers!, offset: 99 },
    reason: 'unknown_sku',
    event_id: '0190163d-8694-739b-aea5-966c26f8ad91',
  })
  expect(again.headers).toMatchObject({ [FAILED.reason]: 'unknown_sku', [FAILED.offset]: '99', own: 'x' })
  expect(withoutFailure(again.headers!)).toEqual({ own: 'x' })
  // It would pass for the letter that the replay became.
  const replayed = { ...first.headers!, 'doca.replay': '1', 'doca.replay_of': '0190163d-8694-739b-aea5-966c26f8ad91' }
  const by_hand = fail({ message: { ...original, headers: replayed, offset: 100 } })
  expect(dead(by_hand)).toMatchObject({ replay: 0, attempts: 1, death: expect.not.stringContaining('0190163d') })
})

test('a time that only a header tells counts in a replay alone, and only where it is in the past', () => {
  const told = (time: string, more = {}) =>
    producedAt({ produced_at: AT, headers: { [FAILED.produced_at]: time, ...more } }).toISOString()
  const replay = { 'doca.replay_of': '0190163d-8694-739b-aea5-966c26f8ad91' }
  expect(told('2026-01-02T03:04:05.678Z', replay)).toBe('2026-01-02T03:04:05.678Z')
  expect(told('2026-01-02T03:04:05.678Z')).toBe(AT.toISOString())
  for (const time of ['', 'soon', '2999-01-01T00:00:00Z', '-000001-01-01T00:00:00Z'])
    expect(told(time, replay)).toBe(AT.toISOString())
})

test('the same place in a topic that was deleted and made again is another death; the same failure told twice is not', () => {
  const later = { ...original, produced_at: new Date('2026-11-21T00:00:00Z') }
  expect(dead(fail(), 0).death).toBe(dead(fail(), 5).death)
  expect(dead(fail({ message: later })).death).not.toBe(dead(fail()).death)
})

test('what another program has written into the topic of failed events is a dead letter, too', () => {
  const bare = deathOf({ ...original, topic: 'events.failed', headers: { 'doca.replay': '-1', 'doca.event_id': 'x' } })
  expect(bare).toMatchObject({
    message_id: 'events.failed/1/42',
    origin: 'events.failed',
    reason: 'unknown',
    step: 'decode',
    replay: 0,
    detail: '',
  })
})
