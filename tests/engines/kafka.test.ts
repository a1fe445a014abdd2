/** What only Kafka can be asked: topics that somebody else made, rights, offsets that are gone, members that slept. */
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  ConfigResourceTypes,
  ResourcePatternTypes,
  type Admin,
} from 'kafkajs'
import { Producer } from '@platformatic/kafka'
import pino from 'pino'
import { readDbConfig } from '../../db/engines/config.ts'
import { MAX_MESSAGE_BYTES } from '../../db/engines/stream/limits.ts'
import type { StoredMessage, Stream } from '../../db/engines/stream/stream.ts'
import { openClient } from '../../db/engines/stream/kafka/client.ts'
import { inspectKafka } from '../../db/engines/stream/kafka/inspect.ts'
import { createKafkaStream, type KafkaStreamOptions } from '../../db/engines/stream/kafka/stream.ts'
import { readKafkaUrl, STREAM_CLIENTS, type StreamClient } from '../../db/engines/stream/kafka/url.ts'
import { dealPartitions, type Member } from '../../db/engines/stream/kafka/assigner.ts'
import { envReader } from '../../lib/env.ts'
import { messageOf } from '../../lib/errors.ts'
import { collect, countUp, numbered, partitionsOf, text } from '../contracts/stream-collect.ts'
import { freePort, startProgram, until } from '../kit/program.ts'
import { onEngine } from '../kit/engines.ts'
import { bareKafka, removeKafkaPrefix, withAdmin, withPrefix } from './kafka-engine.ts'
import { refusalOf } from './refusal.ts'

setDefaultTimeout(60_000)

test.each([
  ['kafka://h/topic', 'nothing belongs behind the hosts'],
  ['kafka://h?ttl=5&partitions=many', 'no parameter ttl'],
  ['kafka://h?partitions=0', 'partitions is "0"'],
  ['kafka://h?tls=yes&mechanism=oauth', 'mechanism should be plain'],
  ['kafka://u:hunter2%@h', 'write it as %25'],
  ['kafka://h?prefix=a%20b', 'prefix may have'],
])('%s is a problem of the configuration', (url, sentence) => {
  const env = envReader({ STREAM_URL: url })
  readDbConfig(env)
  expect(() => env.finish()).toThrow(sentence)
  expect(() => env.finish()).not.toThrow('hunter2')
})

test('a URL with several hosts, a password and parameters is read whole', () => {
  const url =
    'kafka://me:p%40ss@one,two:9093,[::1]:9094?prefix=x.&partitions=8&replication=3&tls=1&mechanism=SCRAM-SHA-512'
  expect(readKafkaUrl(url)).toEqual({
    brokers: ['one:9092', 'two:9093', '[::1]:9094'],
    user: 'me',
    password: 'p@ss',
    mechanism: 'scram-sha-512',
    tls: true,
    prefix: 'x.',
    partitions: 8,
    replication: 3,
  })
})

test('partitions are dealt fairly, stay with who works on them, and each topic goes to its readers', () => {
  const member = (id: string, topic: string, generation: number, owned: number[], busy: number[] = []): Member => ({
    id,
    topic,
    claim: { generation, owned, busy, partitions: topic === 't' ? 5 : 2 },
  })
  expect(dealPartitions([member('a', 't', 3, [0, 1, 2, 3, 4], [4]), member('b', 't', -1, [])])).toEqual({
    a: { t: [0, 1, 4] },
    b: { t: [2, 3] },
  })
  // b remembers a generation that is long over.
  expect(dealPartitions([member('a', 't', 3, [0, 1]), member('b', 't', 1, [0, 1, 2], [0])])).toEqual({
    a: { t: [0, 1, 3] },
    b: { t: [2, 4] },
  })
  const both = dealPartitions([member('a', 't', -1, []), member('b', 'u', -1, []), member('c', 'u', -1, [])])
  expect(both).toEqual({ a: { t: [0, 1, 2, 3, 4] }, b: { u: [0] }, c: { u: [1] } })
})

onEngine('questions to kafka', 'STREAM_URL', (url) => {
  test('a question that fails leaves others on the same connection alone', async () => {
    const client = await openClient(readKafkaUrl(url), pino({ level: 'silent' }))
    await client.ask((admin) => admin.listTopics())
    const resources = [{ type: ConfigResourceTypes.BROKER, name: '1' }]
    const settings = (admin: Admin) => admin.describeConfigs({ includeSynonyms: false, resources })
    const others = Array.from({ length: 20 }, () => client.ask(settings))
    expect(await client.ask(() => Promise.reject(new Error('no'))).catch(messageOf)).toBe('no')
    expect(await Promise.all(others)).toHaveLength(20)
    await client.close()
  })
})

for (const client of STREAM_CLIENTS)
  onEngine(`kafka through ${client}`, 'STREAM_URL', (shared) => describe(client, () => suite(client, shared)))

function suite(client: StreamClient, shared: string): void {
  const url = withPrefix(shared)
  const { prefix } = readKafkaUrl(url)
  let lines: string[] = []
  let streams: Stream[] = []
  const log = pino({ level: 'info' }, { write: (line) => void lines.push(line) })
  const warnings: string[] = []
  const noteWarning = (warning: Error) => void warnings.push(warning.name)
  beforeAll(() => void process.on('warning', noteWarning))
  afterEach(async () => {
    await Promise.all(streams.map((stream) => stream.close()))
    streams = []
    lines = []
  })
  afterAll(async () => {
    process.off('warning', noteWarning)
    await removeKafkaPrefix(url)
  })

  async function open(at = url, options: Partial<KafkaStreamOptions> = {}): Promise<Stream> {
    const stream = await createKafkaStream(at, { client, log, lease_ms: 600_000, ...options })
    streams.push(stream)
    return stream
  }

  /** What a promise was rejected with. */
  const outcomeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (thrown: unknown) => thrown,
    )

  async function setting(admin: Admin, topic: string, name: string): Promise<string | undefined> {
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic }]
    const { configEntries } = (await admin.describeConfigs({ includeSynonyms: false, resources })).resources[0]!
    return configEntries.find(({ configName }) => configName === name)?.configValue
  }

  test('a missing topic is created, with the partitions of the URL and room for large messages', async () => {
    const stream = await open(`${url}&partitions=6`)
    await stream.produce('made', [numbered('k', '1')])
    await withAdmin(url, async (admin) => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [`${prefix}made`] })
      expect(topics[0]!.partitions.length).toBe(6)
      expect(Number(await setting(admin, `${prefix}made`, 'max.message.bytes'))).toBeGreaterThan(16 * 1024 * 1024)
    })
  })

  test('a topic that is too small gets more partitions and a higher limit, and keeps what else was set', async () => {
    await withAdmin(url, async (admin) => {
      const configEntries = [
        { name: 'max.message.bytes', value: '2000' },
        { name: 'retention.ms', value: '7777777' },
      ]
      await admin.createTopics({ topics: [{ topic: `${prefix}small`, numPartitions: 1, configEntries }] })
      await (await open()).produce('small', [{ key: 'k', value: new Uint8Array(5_000) }])
      expect(await setting(admin, `${prefix}small`, 'retention.ms')).toBe('7777777')
      const { topics } = await admin.fetchTopicMetadata({ topics: [`${prefix}small`] })
      expect(topics[0]!.partitions.length).toBe(4)
    })
  })

  test('partitions that are added later are read from their beginning, also by a group that began at latest', async () => {
    const received = (await collect(await open(), { group: 'newcomer', topic: 'grows', from: 'latest' })).received
    const wider = await open(`${url}&partitions=8`)
    const messages = Array.from({ length: 16 }, (_, i) => numbered(null, String(i)))
    await wider.produce('grows', messages)
    await until('all of it', () => received.length === 16, 30_000)
    expect((await wider.lag('newcomer')).map(({ partition }) => partition)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  test('a topic that we may not create is named, with the command that creates it', async () => {
    const guest = await open(url.replace('//doca:', '//guest:'))
    const refused = guest.produce('forbidden', [numbered('k', '1')])
    await expect(refused).rejects.toMatchObject({ code: 'stream_topic_missing' })
    await expect(refused).rejects.toThrow(`--create --topic ${prefix}forbidden --partitions 4`)
    const consuming = collect(guest, { group: 'g', topic: 'forbidden', from: 'earliest' })
    await expect(consuming).rejects.toMatchObject({ code: 'stream_topic_missing' })
  })

  test('a message over the limit of a topic that we may not change is refused with its size; others are stored', async () => {
    const topic = `${prefix}limited`
    await withAdmin(url, async (admin) => {
      const configEntries = [{ name: 'max.message.bytes', value: '4000' }]
      await admin.createTopics({ topics: [{ topic, numPartitions: 4, configEntries }] })
      const of = (operation: AclOperationTypes) => ({
        resourceType: AclResourceTypes.TOPIC,
        resourceName: topic,
        resourcePatternType: ResourcePatternTypes.LITERAL,
        principal: 'User:guest',
        host: '*',
        operation,
        permissionType: AclPermissionTypes.ALLOW,
      })
      const { WRITE, DESCRIBE, DESCRIBE_CONFIGS } = AclOperationTypes
      await admin.createAcls({ acl: [WRITE, DESCRIBE, DESCRIBE_CONFIGS].map(of) })
    })
    const guest = await open(url.replace('//doca:', '//guest:'))
    // It may write there, but not read in a group.
    const consuming = collect(guest, { group: 'hidden', topic: 'limited', from: 'earliest' })
    consuming.catch(() => {})
    await until('a word on it', () => lines.some((line) => line.includes(`not let us read the group ${prefix}hidden`)))
    const [large, fine] = await Promise.allSettled([
      guest.produce('limited', [{ key: 'a', value: new Uint8Array(5_000) }]),
      guest.produce(
        'limited',
        Array.from({ length: 30 }, (_, i) => ({ key: `${i}`, value: new Uint8Array(1_000) })),
      ),
    ])
    expect(large).toMatchObject({ status: 'rejected', reason: { code: 'message_too_large', kind: 'too_large' } })
    expect(String((large as PromiseRejectedResult).reason)).toMatch(/message of 5\d\d\d bytes.*takes 4000 bytes/)
    expect(fine.status).toBe('fulfilled')
    // Somebody lowers it while we run: the broker itself refuses.
    await withAdmin(url, async (admin) => {
      const configEntries = [{ name: 'max.message.bytes', value: '500' }]
      const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }]
      await admin.alterConfigs({ validateOnly: false, resources })
    })
    // A broker hears of it some time later.
    let refused: unknown
    await until('the lower limit', async () => {
      refused = await outcomeOf(guest.produce('limited', [{ key: 'a', value: new Uint8Array(1_000) }]))
      return refused !== 'done'
    })
    expect(refused).toMatchObject({ code: 'message_too_large' })
    await guest.produce('limited', [{ key: 'a', value: new Uint8Array(10) }])
  })

  test('a topic that we may see and neither write nor read is refused with a sentence; once it is allowed it works, and goes on after a right was taken and given back', async () => {
    const topic = `${prefix}shown`
    const acl = (operation: AclOperationTypes, resourceType = AclResourceTypes.TOPIC) => ({
      resourceType,
      resourceName: resourceType === AclResourceTypes.TOPIC ? topic : `${prefix}seer`,
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal: 'User:guest',
      host: '*',
      operation,
      permissionType: AclPermissionTypes.ALLOW,
    })
    const { DESCRIBE, DESCRIBE_CONFIGS, WRITE, READ } = AclOperationTypes
    const grant = (...list: ReturnType<typeof acl>[]) => withAdmin(url, (admin) => admin.createAcls({ acl: list }))
    await (await open()).produce('shown', [numbered('k', 'first')])
    await grant(acl(DESCRIBE), acl(DESCRIBE_CONFIGS), acl(READ, AclResourceTypes.GROUP))
    const guest = await open(url.replace('//doca:', '//guest:'))
    const write = (content: string) => guest.produce('shown', [numbered('k', content)])
    const refused = { code: 'stream_refused', kind: 'unavailable' }
    expect(await outcomeOf(write('refused'))).toMatchObject({ ...refused, message: expect.stringContaining('shown') })
    const consume = () => collect(guest, { group: 'seer', topic: 'shown', from: 'earliest' })
    expect(await outcomeOf(consume())).toMatchObject({
      ...refused,
      message: expect.stringContaining('allow Read on both'),
    })

    await grant(acl(WRITE), acl(READ))
    await until('the right to write', async () => (await outcomeOf(write('second'))) === 'done')
    const received: string[] = []
    await until('the right to read', async () => {
      const onBatch = async (messages: StoredMessage[]) => void received.push(...messages.map(text))
      return (await outcomeOf(guest.consume({ group: 'seer', topic: 'shown', from: 'earliest', onBatch }))) === 'done'
    })
    await until('both', () => received.length === 2)

    lines.length = 0
    await withAdmin(url, (admin) => admin.deleteAcls({ filters: [acl(READ)] }))
    await until('a word on it', () => lines.some((line) => /AUTHORIZATION|not authorized/i.test(line)), 30_000)
    await write('third')
    await grant(acl(READ))
    await until('the third', () => received.length === 3, 30_000)
    expect(received).toEqual(['first', 'second', 'third'])
  })

  test('a message that is larger than any of ours is read, where another program has written it', async () => {
    const stream = await open(`${url}&partitions=1`)
    await stream.produce('huge', [numbered('k', 'before')])
    const value = Buffer.alloc(MAX_MESSAGE_BYTES + 4 * 1024 * 1024, 7)
    await withAdmin(url, (admin) => {
      const configEntries = [{ name: 'max.message.bytes', value: String(value.byteLength + 1_000) }]
      const resources = [{ type: ConfigResourceTypes.TOPIC, name: `${prefix}huge`, configEntries }]
      return admin.alterConfigs({ validateOnly: false, resources })
    })
    const producer = bareKafka(readKafkaUrl(url)).producer()
    await producer.connect()
    await producer.send({ topic: `${prefix}huge`, messages: [{ value }, { value: 'after' }] })
    await producer.disconnect()
    const { received } = await collect(stream, { group: 'huge', topic: 'huge', from: 'earliest' })
    await until('all of it', () => received.length === 3, 30_000)
    expect(received.map((message) => message.value!.byteLength)).toEqual([6, value.byteLength, 5])
  })

  test('who is refused is told why, and what to change; no password is in it', async () => {
    const wrong = await refusalOf(open(url.replace(/:[^:@/]+@/, ':hunter2@')))
    expect(wrong).toContain('check user, password and mechanism in STREAM_URL')
    expect(wrong).not.toContain('hunter2')
    expect(await refusalOf(open(url.replace(/\/\/.*@/, '//')))).toContain('it may want a user and password')
    expect(await refusalOf(open(`${url}&tls=1`))).toContain('leave tls=1 out')
    expect(await refusalOf(inspectKafka(`${url}&tls=1`, client))).toContain('leave tls=1 out')
    // It was a warning at most so far.
    expect(lines.filter((line) => line.includes('"level":50'))).toEqual([])
  })

  test('a Kafka that is not there is one warning; calls fail with a sentence', async () => {
    const away = `kafka://127.0.0.1:${freePort()}`
    const stream = await open(away)
    expect(lines.length).toBe(1)
    expect(lines[0]).toContain('the program goes on without it')
    await expect(stream.produce('t', [numbered('k', '1')])).rejects.toMatchObject({ code: 'stream_unavailable' })
    await expect(stream.lag('g')).rejects.toMatchObject({ code: 'stream_unavailable' })
    await expect(inspectKafka(away, client)).rejects.toMatchObject({ code: 'stream_unavailable' })
    expect(lines.length).toBe(1)
  })

  test('a group whose next messages were deleted goes on with the oldest that are kept, and says so', async () => {
    const stream = await open(`${url}&partitions=1`)
    const options = { group: 'behind', topic: 'deleted', from: 'latest' as const }
    const first = await collect(stream, options)
    await first.stop()
    for (let i = 0; i < 20; i++) await stream.produce('deleted', [numbered('k', String(i))])
    await withAdmin(url, async (admin) => {
      // kafkajs knows where a topic lies once it was asked of it.
      expect(await admin.fetchTopicOffsets(`${prefix}deleted`)).toMatchObject([{ low: '0', high: '20' }])
      await admin.deleteTopicRecords({ topic: `${prefix}deleted`, partitions: [{ partition: 0, offset: '15' }] })
    })
    const again = await collect(stream, options)
    await until('the rest', () => again.received.length === 5, 20_000)
    expect(again.received.map(text)).toEqual(['15', '16', '17', '18', '19'])
    const told = lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 50)
    expect(told).toMatchObject([{ group: 'behind', topic: 'deleted', partition: 0, expected: 0, oldest: 15 }])
    await until('the commit', async () => (await stream.lag('behind')).every(({ lag }) => lag === 0))
  })

  test('a member that slept through the loss of its partition aborts its batch and moves no offset', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'doca-kafka-'))
    const release = join(folder, 'release')
    const consume = { group: 'sleeper', topic: 'sleeps', from: 'earliest' as const, max_batch: 5 }
    const stream = await open(`${url}&partitions=1`, { lease_ms: 1_000 })
    const ten = Array.from({ length: 10 }, (_, i) => numbered('k', String(i)))
    await stream.produce('sleeps', ten)
    const words = JSON.stringify({ url: `${url}&partitions=1`, client, lease_ms: 1_000, consume, release })
    const child = startProgram('tests/engines/kafka-sleeper.ts', [words], {})
    await until('a batch in the child', () => child.output().includes('batch 0'), 20_000, child.output)
    child.kill('SIGSTOP')
    const survivor = await collect(stream, consume)
    await until('all of it', () => survivor.received.length === 10, 20_000)
    const committed = async () => (await stream.lag('sleeper')).map((partition) => partition.committed)
    await until('its commits', async () => (await committed())[0] === 10)
    await writeFile(release, '')
    child.kill('SIGCONT')
    // It finds out, and joins again, without a partition for it.
    await until('the end of the stale batch', () => child.output().includes('returned'), 20_000, child.output)
    await until('its new membership', () =>
      withAdmin(url, async (admin) => {
        const { groups } = await admin.describeGroups([`${prefix}sleeper`])
        return groups[0]!.state === 'Stable' && groups[0]!.members.length === 2
      }),
    )
    expect(await committed()).toEqual([10])
    await stream.produce('sleeps', [numbered('k', '10')])
    await until('the next message', () => `${child.output()}${survivor.received.map(text)}`.includes('10'))
    child.kill('SIGKILL')
    await rm(folder, { recursive: true })
  })

  test('a lease that is shorter than Kafka allows becomes the shortest that it allows', async () => {
    const stream = await open(url, { lease_ms: 100 })
    const { received } = await collect(stream, { group: 'hasty', topic: 'hasty', from: 'earliest' })
    await stream.produce('hasty', [numbered('k', '1')])
    await until('the message', () => received.length === 1)
    expect(lines.some((line) => line.includes('to be longer'))).toBe(true)
  })

  test('two topics in one group do not take partitions from each other', async () => {
    const stream = await open()
    const one = await collect(stream, { group: 'both', topic: 'one', from: 'earliest' })
    const two = await collect(await open(), { group: 'both', topic: 'two', from: 'earliest' })
    const ten = Array.from({ length: 10 }, (_, i) => numbered(null, String(i)))
    await stream.produce('one', ten)
    await stream.produce('two', ten)
    await until('both', () => one.received.length === 10 && two.received.length === 10)
    expect([...new Set((await stream.lag('both')).map(({ topic }) => topic))]).toEqual(['one', 'two'])
  })

  test('a topic that is gone is no longer among those that a group lags behind, and does not hide the others', async () => {
    const stream = await open()
    for (const topic of ['stays', 'goes']) await stream.produce(topic, [numbered('k', '1')])
    const topics = ['stays', 'goes']
    const total = async () => (await stream.lag('left', topics)).map(({ topic, lag }) => `${topic} ${lag}`).toSorted()
    expect((await total()).filter((one) => one.endsWith(' 1'))).toEqual(['goes 1', 'stays 1'])
    await withAdmin(url, (admin) => admin.deleteTopics({ topics: [`${prefix}goes`] }))
    await until('the topic to be gone', async () => !(await stream.list()).topics.includes('goes'))
    expect((await total()).filter((one) => one.endsWith(' 1'))).toEqual(['stays 1'])
    expect(await stream.kept(['goes'])).toEqual([])
  })

  test('a topic that is deleted and made again is read from its beginning', async () => {
    const stream = await open(`${url}&partitions=1`)
    const { received } = await collect(stream, { group: 'remade', topic: 'remade', from: 'latest' })
    const twenty = (from: number) => Array.from({ length: 20 }, (_, i) => numbered('k', String(from + i)))
    await stream.produce('remade', twenty(0))
    await until('the first', () => received.length === 20)
    await until('its commit', async () => (await stream.lag('remade')).every(({ lag }) => lag === 0))
    await withAdmin(url, (admin) => admin.deleteTopics({ topics: [`${prefix}remade`] }))
    // More than the old one had: nothing tells by its offset alone that it is of another topic.
    await stream.produce('remade', twenty(20))
    await stream.produce('remade', twenty(40))
    await until('the second', () => received.length === 60, 30_000)
    expect(received.map(text)).toEqual(
      [...twenty(0), ...twenty(20), ...twenty(40)].map(({ value }) => String(Buffer.from(value!))),
    )
  })

  test('what is sent while a topic is deleted and made again with fewer partitions is refused until all of it is stored', async () => {
    const topic = `${prefix}shrunk`
    await withAdmin(url, (admin) => admin.createTopics({ topics: [{ topic, numPartitions: 8 }], waitForLeaders: true }))
    const stream = await open(`${url}&partitions=4`)
    await stream.produce('shrunk', [numbered('k', 'first')])
    await withAdmin(url, async (admin) => {
      await admin.deleteTopics({ topics: [topic] })
      await until('its end', async () => !(await admin.listTopics()).includes(topic))
    })
    const hundred = Array.from({ length: 100 }, (_, i) => numbered(`sku ${i}`, String(i)))
    expect(await outcomeOf(stream.produce('shrunk', hundred))).toMatchObject({ code: 'stream_unavailable' })
    await until('all of it', async () => (await outcomeOf(stream.produce('shrunk', hundred))) === 'done', 30_000)
    const { received } = await collect(stream, { group: 'shrunk', topic: 'shrunk', from: 'earliest' })
    const found = () => new Set(received.map(text))
    await until('each of them', () => hundred.every((_, i) => found().has(String(i))))
    expect(partitionsOf(received)).toEqual(new Set([0, 1, 2, 3]))
    // Each key has one partition.
    expect(new Set(received.map(({ key, partition }) => `${String(key)} ${partition}`)).size).toBe(100)
  })

  // kafkajs has only gzip by itself, and ends its membership on the others.
  const codecs = client === 'kafkajs' ? (['gzip'] as const) : (['gzip', 'snappy', 'lz4', 'zstd'] as const)
  test(`what other programs have compressed by ${codecs.join(', ')} is read`, async () => {
    const stream = await open(`${url}&partitions=1`)
    await stream.produce('packed', [])
    const { brokers, password } = readKafkaUrl(url)
    const sasl = { mechanism: 'PLAIN' as const, username: 'doca', password }
    const producer = new Producer({ clientId: 'other', bootstrapBrokers: brokers, sasl })
    for (const compression of codecs) {
      const value = Buffer.from(`${compression} `.repeat(50))
      const messages = Array.from({ length: 10 }, () => ({ topic: `${prefix}packed`, partition: 0, value }))
      await producer.send({ compression, messages })
    }
    await producer.close()
    const { received } = await collect(stream, { group: 'packed', topic: 'packed', from: 'earliest', max_batch: 3 })
    await until('all of it', () => received.length === 10 * codecs.length)
    expect(received.map(text)).toEqual(codecs.flatMap((one) => Array.from({ length: 10 }, () => `${one} `.repeat(50))))
  })

  test('members through either client share one group, and hand partitions over without a doubled message', async () => {
    const options = { group: 'mixed', topic: 'mixed', from: 'earliest' as const }
    const other = STREAM_CLIENTS.find((one) => one !== client)!
    const one = await collect(await open(), options)
    const produced = countUp(await open(), 'mixed')
    await until('first messages', () => one.received.length > 50)
    const two = await collect(await open(url, { client: other }), options)
    await until('a share for the second', () => partitionsOf(two.received).size === 2)
    await one.stop()
    await until('all partitions', () => partitionsOf(two.received).size === 4)
    const numbers = await produced.end()
    await until('all', () => one.received.length + two.received.length >= numbers)
    const all = [...one.received, ...two.received].map((message) => Number(text(message))).toSorted((a, b) => a - b)
    expect(all).toEqual(Array.from({ length: numbers }, (_, i) => i))
  })

  test('the doctor sees a Kafka that works, and one that does not let us work', async () => {
    expect(await inspectKafka(url, client)).toMatchObject({ version: '4.1 or later', problems: [] })
    const { problems } = await inspectKafka(url.replace('//doca:', '//guest:'), client)
    expect(problems.length).toBe(1)
    expect(problems[0]!.found).toContain('does not let us work')
    const few = await inspectKafka(`${url}&replication=3`, client)
    expect(few.problems.some(({ fix }) => fix.includes('replication=1'))).toBe(true)
  })

  test('an idle connection arms no timer with a negative delay', async () => {
    const stream = await open()
    await stream.produce('idle', [numbered('k', '1')])
    await stream.lag('idle')
    expect(warnings.filter((name) => name === 'TimeoutNegativeWarning')).toEqual([])
  })
}
