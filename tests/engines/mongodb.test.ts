/** What is particular to the journal on MongoDB: refusals, its indexes, how documents look to who browses them. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import pino from 'pino'
import type { Journal, JournalDocument } from '../../db/engines/journal/journal.ts'
import { createMongoJournal } from '../../db/engines/journal/mongodb/journal.ts'
import { inspectMongo } from '../../db/engines/journal/mongodb/inspect.ts'
import { codeOf } from '../contracts/objects.contract.ts'
import { until } from '../kit/program.ts'
import { onEngine } from '../kit/engines.ts'
import { freshMongo } from '../kit/mongo-database.ts'
import { refusalOf } from './refusal.ts'

setDefaultTimeout(120_000)

const log = pino({ level: 'silent' })
const document = (id: string, data: JournalDocument['data'] = {}): JournalDocument => ({
  id,
  key: 'k',
  at: new Date('2026-01-01T00:00:00Z'),
  data,
})

onEngine('mongodb', 'JOURNAL_URL', (url) => {
  const mongo = freshMongo(url)
  let journal: Journal
  beforeAll(async () => void (journal = await createMongoJournal(mongo.url, log)))
  afterAll(async () => {
    await journal.close()
    await mongo.drop()
  })
  const ttlOf = async (name: string) =>
    (await mongo.database.collection(name).listIndexes().toArray()).find(({ key }) => 'expires_at' in key)

  test('wrong passwords, no user and unknown options end the start with a sentence without the password', async () => {
    const wrong = mongo.url.replace(/:[^:@]*@/, ':hunter2@')
    expect(await refusalOf(createMongoJournal(wrong, log))).toContain('check the user and the password in JOURNAL_URL')
    expect(await refusalOf(inspectMongo(wrong))).not.toContain('hunter2')
    const nobody = mongo.url.replace(/\/\/[^@]*@/, '//')
    expect(await refusalOf(createMongoJournal(nobody, log))).toContain('name a user in JOURNAL_URL')
    expect(await refusalOf(createMongoJournal(`${wrong}&nonsense=1`, log))).toContain('correct the options')
  })

  test('tls=true on a server without TLS is refused with what to change', async () => {
    expect(await refusalOf(createMongoJournal(`${mongo.url}&tls=true`, log))).toContain('should have tls=true if')
  })

  test('the server gets an index to find by, and one by which it removes what has expired', async () => {
    await journal.write('indexed', [document('1')], 60)
    expect(await ttlOf('indexed')).toMatchObject({ key: { expires_at: 1 }, expireAfterSeconds: 0 })
    const indexes = await mongo.database.collection('indexed').listIndexes().toArray()
    expect(indexes.map(({ key }) => Object.keys(key).join())).toContain('key,at,_id')
  })

  test('a TTL index with other options, or none, is changed', async () => {
    for (const [name, options] of [
      ['late', { expireAfterSeconds: 3600 }],
      ['plain', {}],
      ['renamed', { expireAfterSeconds: 5, name: 'other_name' }],
    ] as const) {
      await mongo.database.collection(name).createIndex({ expires_at: 1 }, options)
      await journal.write(name, [document('1')], 60)
      expect((await ttlOf(name))!.expireAfterSeconds).toBe(0)
    }
  })

  test('the server itself removes what has expired, within two of its rounds', async () => {
    await journal.write('swept', [document('old')], 1)
    await journal.write('swept', [document('new')], 600)
    const swept = mongo.database.collection('swept')
    await until('removal', async () => (await swept.countDocuments()) === 1, 110_000)
    expect((await swept.findOne())!._id as unknown).toBe('new')
  })

  test('a person who browses sees nested documents; only what MongoDB would change is text', async () => {
    await journal.write('browsed', [document('plain', { payload: { product: 'Caixa', list: [1, { a: 2 }] } })], 60)
    await journal.write('browsed', [document('odd', { $where: { 'a.b': 1 } })], 60)
    const browsed = mongo.database.collection<{ _id: string }>('browsed')
    expect(await browsed.findOne({ _id: 'plain' })).toMatchObject({
      key: 'k',
      at: document('').at,
      data: { payload: { product: 'Caixa', list: [1, { a: 2 }] } },
    })
    expect(await browsed.findOne({ 'data.payload.product': 'Caixa' } as object)).not.toBeNull()
    expect(await browsed.findOne({ _id: 'odd' })).toMatchObject({ data_json: '{"$where":{"a.b":1}}' })
  })

  test('a document over 16 MB is refused by its size, and the journal goes on', async () => {
    const large = document('large', { text: 'x'.repeat(17_000_000) })
    expect(await codeOf(journal.write('sizes', [large], 60))).toBe('journal_document_too_large')
    await journal.write('sizes', [document('small')], 60)
    expect(await journal.find('sizes', 'k', 10)).toHaveLength(1)
  })

  test('a call after the close says so', async () => {
    const closed = await createMongoJournal(mongo.url, log)
    await closed.close()
    expect(await codeOf(closed.find('c', 'k', 1))).toBe('journal_closed')
  })

  test('the doctor sees version, latency and rights, and leaves nothing', async () => {
    const { version, latency_ms, problems } = await inspectMongo(mongo.url)
    expect(version).toMatch(/^\d+\.\d/)
    expect(latency_ms).toBeGreaterThan(0)
    expect(problems).toEqual([])
    const left = await mongo.database.listCollections().toArray()
    expect(left.filter(({ name }) => name.startsWith('doca_scratch'))).toEqual([])
  })
})
