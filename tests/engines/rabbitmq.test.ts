/** What only a queue on RabbitMQ can meet: refusals, what is changed behind its back, and what the broker does by itself. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { createServer as createTlsServer } from 'node:tls'
import { join } from 'node:path'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { inspectRabbitmq } from '../../db/engines/queue/rabbitmq/inspect.ts'
import { readRabbitmqUrl } from '../../db/engines/queue/rabbitmq/url.ts'
import { run } from '../../ops/engines/install.ts'
import { collect, isEmpty, message } from '../contracts/queue-collect.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { freePort, until } from '../kit/program.ts'
import { onEngine } from '../kit/engines.ts'
import { byHand, rabbitmqProgram, removeQueues, type TestProgram } from './rabbitmq-place.ts'
import type { ConfigError } from '../../lib/env.ts'

setDefaultTimeout(60_000)

onEngine('RabbitMQ', 'QUEUE_URL', (url) => {
  let database: TestDatabase
  let programs: TestProgram[] = []
  const names: string[] = []
  beforeAll(async () => void (database = await testDatabase()))
  afterEach(async () => {
    await Promise.all(programs.map((program) => program.close()))
    programs = []
  })
  afterAll(async () => {
    await removeQueues(url, names, [0, 50, 150, 400])
    await database.close()
  })

  async function program(options?: { stop_grace_ms?: number; max_lost?: number }) {
    const opened = await rabbitmqProgram(url, database, options)
    programs.push(opened)
    return opened
  }

  function fresh() {
    const name = `engine-${crypto.randomUUID()}`
    names.push(name)
    return { name, settings: { name, max_attempts: 3, retry_delay_ms: 150 } }
  }

  const changed = (change: (parts: URL) => void) => {
    const parts = new URL(url)
    change(parts)
    return parts.href
  }

  test('a wrong password, virtual host or kind of port ends the start with a sentence', async () => {
    const refused = async (wrong: string, sentence: RegExp) => {
      const thrown = await rabbitmqProgram(wrong, database).catch((err: unknown) => err)
      expect(thrown).toMatchObject({ code: 'engine_refused', kind: 'unavailable' })
      expect((thrown as Error).message).toMatch(sentence)
      expect((thrown as Error).message).not.toContain(new URL(url).password)
      await expect(inspectRabbitmq(wrong)).rejects.toMatchObject({ code: 'engine_refused' })
    }
    await refused(
      changed((parts) => (parts.password = 'wrong')),
      /ACCESS_REFUSED.*set the right user and password in QUEUE_URL/,
    )
    await refused(
      changed((parts) => (parts.pathname = '/nowhere')),
      /no access to its virtual host nowhere.*rabbitmqctl add_vhost nowhere/,
    )
    await refused(url.replace('amqp:', 'amqps:'), /does not speak TLS there; write amqp:\/\//)
  })

  test('a port that speaks TLS only, and a certificate that nobody knows, are told', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'doca-tls-'))
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')]
    const words = [
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
    ]
    await run(['openssl', 'req', '-x509', ...words])
    const port = freePort()
    const server = createTlsServer(
      { key: await Bun.file(key).text(), cert: await Bun.file(cert).text() },
      (socket) => void socket.on('error', () => {}),
    )
    server.on('tlsClientError', (_, socket) => socket.destroy())
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    try {
      const plain = rabbitmqProgram(`amqp://doca:secret@127.0.0.1:${port}/doca`, database)
      await expect(plain).rejects.toThrow(/speaks TLS only.*write amqps:\/\/ in QUEUE_URL/)
      const unknown = rabbitmqProgram(`amqps://doca:secret@127.0.0.1:${port}/doca`, database)
      await expect(unknown).rejects.toThrow(/self.signed certificate.*NODE_EXTRA_CA_CERTS/)
    } finally {
      server.close()
      await rm(folder, { recursive: true })
    }
  })

  test('a program starts without a broker, and its calls fail within 15 s with a sentence', async () => {
    const nowhere = await rabbitmqProgram(`amqp://doca:secret@127.0.0.1:${freePort()}/doca`, database)
    programs.push(nowhere)
    const { settings, name } = { name: 'nowhere', settings: { name: 'nowhere', max_attempts: 1, retry_delay_ms: 0 } }
    const began = performance.now()
    const consumer = await nowhere.queue.consume(settings, async () => 'ack')
    const calls = [nowhere.queue.publish(name, [message('m')]), nowhere.queue.depth(name), nowhere.queue.replay(name)]
    for (const call of await Promise.allSettled(calls)) {
      expect(call.status).toBe('rejected')
      const { code, message: said } = (call as PromiseRejectedResult).reason
      expect([code, said]).toEqual(['queue_unavailable', expect.stringMatching(/^The messages for|^Queue nowhere at/)])
    }
    expect(performance.now() - began).toBeLessThan(25_000)
    // The table can be read all the same.
    expect(await nowhere.queue.dead(name, { limit: 1 })).toEqual([])
    await consumer.stop()
    // One line at the start, one for the outage, however often it tries.
    expect(nowhere.lines.filter(({ msg }) => msg.includes('is away')).length).toBe(1)
  })

  test('a queue that somebody made otherwise is named, for publishing and for consuming', async () => {
    const { name, settings } = fresh()
    await byHand(url, (channel) => channel.assertQueue(name, { durable: true }))
    const { queue } = await program()
    for (const call of [queue.publish(name, [message('m')]), queue.consume(settings, async () => 'ack')])
      await expect(call).rejects.toMatchObject({
        code: 'queue_mismatch',
        message: expect.stringContaining(`Queue ${name} exists`),
      })
  })

  test('a queue that is deleted behind our back is made again: nothing is lost in silence', async () => {
    const { name, settings } = fresh()
    const { queue, lines } = await program()
    await queue.publish(name, [message('before')])
    await byHand(url, (channel) => channel.deleteQueue(name))
    // Unroutable now: returned, and confirmed all the same.
    await queue.publish(name, [message('same'), message('same'), message('other')])
    const { deliveries } = await collect(queue, settings, () => 'ack')
    await until('what was published', () => deliveries.length === 3)
    expect(deliveries.map(({ id }) => id)).toEqual(['same', 'same', 'other'])

    await byHand(url, async (channel) => {
      await channel.deleteQueue(name)
      await channel.deleteQueue(`${name}:dead`)
    })
    await queue.publish(name, [message('after')])
    await until('the consumer to go on', () => deliveries.length === 4)
    expect(lines.filter(({ level }) => level >= 50)).toEqual([])
  })

  test('attempts are the count of the broker, and headers do not show it', async () => {
    const { name, settings } = fresh()
    const { queue } = await program()
    const { deliveries } = await collect(queue, settings, ({ attempt }) => (attempt < 3 ? 'retry' : 'ack'))
    await queue.publish(name, [{ ...message('m'), headers: { h: 'ü' } }])
    await until('three attempts', () => deliveries.length === 3)
    expect(deliveries.map(({ attempt, headers }) => [attempt, headers])).toEqual([1, 2, 3].map((n) => [n, { h: 'ü' }]))
  })

  test('what is acknowledged together never takes an undecided message along', async () => {
    const { name, settings } = fresh()
    const { queue, lines } = await program()
    const gate = Promise.withResolvers<void>()
    const { deliveries } = await collect(
      queue,
      settings,
      async ({ id, attempt }) => {
        if (id !== 'slow' || attempt > 1) return 'ack'
        await gate.promise
        return 'retry'
      },
      { concurrency: 10 },
    )
    await queue.publish(
      name,
      ['a', 'b', 'slow', 'c', 'd', 'e'].map((id) => message(id)),
    )
    await until('all but one to be done', async () => {
      const { ready, in_flight } = await queue.depth(name)
      return ready === 0 && in_flight === 1 && deliveries.length === 6
    })
    gate.resolve()
    await until('it again', () => deliveries.length === 7)
    expect(deliveries[6]).toMatchObject({ id: 'slow', attempt: 2 })
    await until('an empty queue', async () => isEmpty(await queue.depth(name)))
    expect(lines.filter(({ level }) => level >= 40)).toEqual([])
  })

  test('a changed delay counts from the next retry on; what waits comes back; the old queue goes at last', async () => {
    const { name, settings } = fresh()
    const { queue } = await program()
    await queue.publish(name, [message('early')])
    const slow = await collect(queue, { ...settings, retry_delay_ms: 400 }, () => 'retry')
    await until('a message that waits', async () => (await queue.depth(name)).delayed === 1)
    await slow.stop()

    const other = await program()
    await queue.publish(name, [message('late')])
    const { deliveries, at } = await collect(other.queue, { ...settings, retry_delay_ms: 50 }, ({ attempt }) =>
      attempt === 1 ? 'retry' : 'ack',
    )
    const times = (id: string) => at.filter((_, i) => deliveries[i]!.id === id)
    await until('both', () => times('late').length === 2 && times('early').length === 1)
    expect(deliveries.find(({ id }) => id === 'early')!.attempt).toBe(2)
    expect(times('late')[1]! - times('late')[0]!).toBeGreaterThanOrEqual(45)
    expect(times('late')[1]! - times('late')[0]!).toBeLessThan(395)

    await until('an empty queue', async () => isEmpty(await queue.depth(name)))
    const exists = () =>
      byHand(url, (channel) => {
        channel.on('error', () => {})
        return channel.checkQueue(`${name}:retry:400`)
      }).then(
        () => true,
        () => false,
      )
    expect(await exists()).toBe(true)
    await database.sql`update queue_delays set left_at = now() - interval '1 day' where left_at is not null`
    const third = await program()
    await third.queue.consume({ ...settings, retry_delay_ms: 50 }, async () => 'ack')
    expect(await exists()).toBe(false)
    expect(await database.sql`select retry_delay_ms::int from queue_delays where queue = ${name}`).toMatchObject([
      { retry_delay_ms: 50 },
    ])
  })

  test('a death that is told twice is one dead letter; two deaths of one message are two', async () => {
    const { name, settings } = fresh()
    const { queue } = await program()
    const { deliveries, stop } = await collect(queue, settings, () => 'drop')
    await queue.publish(name, [message('m')])
    await until('its death', async () => (await queue.dead(name, { limit: 9 })).length === 1)
    const [row] = await database.sql<{ death: string }[]>`select death from dead_letters where queue = ${name}`
    // As after a crash between storing the dead letter and telling the broker.
    await byHand(url, async (channel) => {
      const headers = { 'x-doca-death': row!.death, 'x-doca-attempt': '1', 'x-doca-reason': 'Told again.' }
      channel.sendToQueue(`${name}:dead`, Buffer.from('m'), { messageId: 'm', headers, persistent: true })
      await channel.checkQueue(`${name}:dead`)
    })
    await queue.publish(name, [message('m')])
    await until('the second delivery', () => deliveries.length === 2)
    await until('the second death', async () => (await queue.dead(name, { limit: 9 })).length === 2)
    await until('an empty grave', async () => (await queue.depth(name)).dead === 2)
    await stop()
    const dead = await queue.dead(name, { limit: 9 })
    expect(dead.map(({ reason }) => reason)).toEqual(Array(2).fill('Dropped by its handler on attempt 1.'))
  })

  test('the doctor sees a broker that serves, and leaves nothing there', async () => {
    const { version, latency_ms, problems } = await inspectRabbitmq(url)
    expect(version).toMatch(/^\d+\.\d+/)
    expect(latency_ms).toBeGreaterThan(0)
    expect(problems).toEqual([])
    await expect(inspectRabbitmq(`amqp://doca:x@127.0.0.1:${freePort()}/doca`)).rejects.toMatchObject({
      code: 'queue_unavailable',
    })
  })
})

test('QUEUE_URL that cannot be used is told in a sentence without its password', () => {
  const problem = (text: string) => {
    try {
      readRabbitmqUrl(text)
    } catch (err) {
      return (err as ConfigError).problems[0]
    }
    throw new Error('it was taken')
  }
  expect(problem('amqp://u:secret@h:1,h2:2/v')).toBe(
    'QUEUE_URL names several hosts or none; name one, e.g. a load balancer of the cluster.',
  )
  expect(problem('amqp://u:secret@h/v?heartbeat=1')).toBe('QUEUE_URL has a parameter "heartbeat"; it takes none.')
  expect(problem('amqp://h/v')).toBe('QUEUE_URL names no user and password; write amqp://user:password@host/vhost.')
  expect(problem('amqp://u:secret@h/a/b')).toBe('QUEUE_URL has a virtual host with a / in it; write the / as %2F.')
  expect(problem('amqp://u:sec%ret@h/v')).toBe('QUEUE_URL has a % that stands for nothing; write it as %25.')
  expect(readRabbitmqUrl('amqps://u:p%40%2F@h/%2F')).toEqual({
    host: 'h',
    port: 5671,
    username: 'u',
    password: 'p@/',
    vhost: '/',
    tls: true,
  })
})
