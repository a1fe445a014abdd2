/** Servers of S3 and MongoDB that speak TLS, met with and without it, and with a certificate that nobody knows. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import pino from 'pino'
import { createMongoJournal } from '../../db/engines/journal/mongodb/journal.ts'
import { createS3Objects } from '../../db/engines/objects/s3/objects.ts'
import type { Engine } from '../../ops/engines/engine.ts'
import { run } from '../../ops/engines/install.ts'
import { mongodb } from '../../ops/engines/mongodb.ts'
import { s3 } from '../../ops/engines/s3.ts'
import { onEngine } from '../kit/engines.ts'
import { privateEngine, type PrivateEngine } from './private-engine.ts'
import { refusalOf } from './refusal.ts'

setDefaultTimeout(120_000)

const log = pino({ level: 'silent' })

onEngine('TLS', 'OBJECTS_URL', () => {
  let folder: string
  const cert = () => join(folder, 'cert.pem')
  const key = () => join(folder, 'key.pem')
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'doca-tls-'))
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
    const files = ['-keyout', key(), '-out', cert()]
    await run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files])
  })
  afterAll(() => rm(folder, { recursive: true }))

  /** The same server, started with `words` before the first of its own words that is `before`. */
  const withWords = (engine: Engine, words: () => string[], check: Engine['check']): Engine => ({
    ...engine,
    check,
    async prepare(place) {
      const { command, ...rest } = await engine.prepare(place)
      return { ...rest, command: [command[0]!, ...words(), ...command.slice(1)] }
    },
  })

  async function using(engine: Engine, use: (variables: Record<string, string>) => Promise<void>) {
    const server: PrivateEngine = await privateEngine(engine)
    try {
      await use(await server.up())
    } finally {
      await server.remove()
    }
  }

  test('S3: http:// to a server with TLS, and a certificate that nobody knows, are refused', async () => {
    const server = withWords(
      s3,
      () => ['--cert', cert(), '--key', key()],
      async ({ ports }) => {
        await fetch(`https://127.0.0.1:${ports.s3}`, { tls: { rejectUnauthorized: false } })
        return 'TLS'
      },
    )
    await using(server, async ({ OBJECTS_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY }) => {
      const keys = { accessKeyId: AWS_ACCESS_KEY_ID!, secretAccessKey: AWS_SECRET_ACCESS_KEY! }
      const plain = await refusalOf(createS3Objects(OBJECTS_URL!, log, keys))
      expect(plain).toContain('should begin with https://')
      const unknown = await refusalOf(createS3Objects(OBJECTS_URL!.replace('http:', 'https:'), log, keys))
      expect(unknown).toContain('NODE_EXTRA_CA_CERTS')
    })
  })

  test('MongoDB: no tls to a server with TLS, and a certificate that nobody knows, are refused; tlsCAFile opens it', async () => {
    const server = withWords(
      mongodb,
      () => ['--tls-cert-file', cert(), '--tls-key-file', key()],
      async ({ ports }) => {
        const options = { tls: true, tlsAllowInvalidCertificates: true, serverSelectionTimeoutMS: 1_000 }
        const client = new MongoClient(`mongodb://127.0.0.1:${ports.mongodb}`, options)
        await client.connect().finally(() => client.close())
        return 'TLS'
      },
    )
    await using(server, async ({ JOURNAL_URL }) => {
      expect(await refusalOf(createMongoJournal(JOURNAL_URL!, log))).toContain('should have tls=true')
      const unknown = await refusalOf(createMongoJournal(`${JOURNAL_URL}&tls=true`, log))
      expect(unknown).toContain('tlsCAFile=')
      const journal = await createMongoJournal(`${JOURNAL_URL}&tls=true&tlsCAFile=${encodeURIComponent(cert())}`, log)
      await journal.write('c', [{ id: '1', key: 'k', at: new Date(), data: {} }], 60)
      expect(await journal.find('c', 'k', 1)).toHaveLength(1)
      await journal.close()
    })
  })
})
