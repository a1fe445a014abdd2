/** A Kafka that speaks TLS, with SASL in it: on an instance of our own. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import pino from 'pino'
import { createKafkaStream } from '../../db/engines/stream/kafka/stream.ts'
import { STREAM_CLIENTS } from '../../db/engines/stream/kafka/url.ts'
import type { Engine } from '../../ops/engines/engine.ts'
import { run } from '../../ops/engines/install.ts'
import { kafka } from '../../ops/engines/kafka.ts'
import { onEngine } from '../kit/engines.ts'
import { runToEnd } from '../kit/program.ts'
import { privateEngine, type PrivateEngine } from './private-engine.ts'
import { refusalOf } from './refusal.ts'

setDefaultTimeout(120_000)

onEngine('a Kafka with TLS', 'STREAM_URL', () => {
  let folder: string
  let server: PrivateEngine
  let url: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'doca-kafka-tls-'))
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
    await run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files])
    const [key, cert] = await Promise.all(['key.pem', 'cert.pem'].map((name) => readFile(join(folder, name), 'utf8')))
    await writeFile(join(folder, 'both.pem'), `${key}${cert}`)
    server = await privateEngine(withTls(folder))
    url = `${(await server.up()).STREAM_URL}?tls=1`
  })
  afterAll(async () => {
    await server?.remove()
    await rm(folder, { recursive: true })
  })

  test.each(STREAM_CLIENTS)('is written and read through %s, by who knows its certificate', async (client) => {
    const known = { NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem') }
    const { code, output } = await runToEnd(
      'tests/engines/kafka-tls-child.ts',
      [JSON.stringify({ url, client })],
      known,
    )
    expect(output).toContain('received sealed')
    expect(code).toBe(0)
  })

  test('without tls, or with a certificate that nobody knows, it is refused', async () => {
    const log = pino({ level: 'silent' })
    expect(await refusalOf(createKafkaStream(url.replace('?tls=1', ''), { log }))).toContain(
      'put tls=1 into STREAM_URL',
    )
    expect(await refusalOf(createKafkaStream(url, { log }))).toContain('NODE_EXTRA_CA_CERTS')
  })
})

/** The listener of clients with the certificate in `folder`. */
const withTls = (folder: string): Engine => ({
  ...kafka,

  async prepare(installation) {
    const prepared = await kafka.prepare(installation)
    const settings = join(installation.folder, 'server.properties')
    const text = (await readFile(settings, 'utf8')).replaceAll('SASL_PLAINTEXT', 'SASL_SSL')
    const stores = { keystore: join(folder, 'both.pem'), truststore: join(folder, 'cert.pem') }
    const lines = Object.entries(stores).map(
      ([store, file]) => `ssl.${store}.type=PEM\nssl.${store}.location=${file}\n`,
    )
    await writeFile(settings, `${text}${lines.join('')}`)
    return prepared
  },

  async check({ ports, password }) {
    const admin = new Kafka({
      brokers: [`127.0.0.1:${ports.kafka}`],
      ssl: { rejectUnauthorized: false },
      sasl: { mechanism: 'plain', username: 'doca', password },
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
    }).admin()
    try {
      await admin.connect()
      await admin.describeCluster()
      return 'TLS'
    } finally {
      await admin.disconnect()
    }
  },
})
