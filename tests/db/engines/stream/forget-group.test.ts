import { expect, test } from 'bun:test'
import { forgetGroup } from '../../../../db/engines/stream/kafka/forget-group.ts'
import { readKafkaUrl } from '../../../../db/engines/stream/kafka/url.ts'

/** Of a Kafka that answers with this error for the group, as kafkajs throws it. */
const refusedWith = (type: string) => ({
  engine: 'Kafka (k:9092)',
  settings: readKafkaUrl('kafka://k:9092?prefix=test.'),
  ask: async () => {
    throw Object.assign(new Error('Error in DeleteGroups'), { groups: [{ error: { type } }] })
  },
})

test('a group that we may not delete is refused with the right that is missing', async () => {
  await expect(forgetGroup(refusedWith('GROUP_AUTHORIZATION_FAILED'), 'readers')).rejects.toMatchObject({
    code: 'stream_refused',
    message:
      'Kafka (k:9092) does not let us delete the group test.readers (GROUP_AUTHORIZATION_FAILED); allow Delete on it.',
  })
})

test('a group that is not there is forgotten, one that is read is not', async () => {
  expect(await forgetGroup(refusedWith('GROUP_ID_NOT_FOUND'), 'readers')).toBeTrue()
  expect(await forgetGroup(refusedWith('NON_EMPTY_GROUP'), 'readers')).toBeFalse()
})
