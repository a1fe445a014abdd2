import { expect, test } from 'bun:test'
import { FetchedMessages } from '../../../../db/engines/stream/kafka/fetched-messages.ts'
import type { StoredMessage } from '../../../../db/engines/stream/stream.ts'

test('a fetch of more messages than a call takes arguments is taken, and handed out in order', () => {
  const paused: boolean[] = []
  const fetched = new FetchedMessages((is) => void paused.push(is))
  const message = { topic: 't', partition: 0, offset: 0, key: null, value: null, headers: {}, produced_at: new Date() }
  const messages = Array.from<unknown, StoredMessage>({ length: 1_000_000 }, () => message)
  messages[1] = { ...message, offset: 1 }
  fetched.add(messages)
  expect(fetched.takeBatch(2).map(({ offset }) => offset)).toEqual([0, 1])
  expect(paused).toEqual([true])
})
