/** `bun run engines`, tried with the server that starts fastest. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { engineProcesses, killAll } from '../../ops/engines/processes.ts'
import { readState } from '../../ops/engines/state.ts'
import { runToEnd } from '../kit/program.ts'
import { onEngine } from '../kit/engines.ts'

setDefaultTimeout(60_000)

onEngine('bun run engines', 'CACHE_URL', () => {
  let parent: string
  let DATA_DIR: string
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'doca-engines-'))
    DATA_DIR = join(parent, 'pasta da fábrica')
  })
  afterAll(async () => {
    killAll(folder())
    await rm(parent, { recursive: true })
  })

  const folder = () => join(DATA_DIR, 'engines/redis')
  const engines = (...words: string[]) => runToEnd('ops/engines.ts', words, { DATA_DIR })
  const cacheUrl = async () => (await readState(DATA_DIR)).redis!.variables!.CACHE_URL!

  async function onRedis<T>(use: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(await cacheUrl(), { lazyConnect: true })
    try {
      return await use(client)
    } finally {
      client.disconnect()
    }
  }

  test('up starts it on a free port with a password, for its owner only; a second up changes nothing', async () => {
    // The usual port is taken by the shared engine.
    const first = await engines('up', 'redis')
    expect(first.output).toContain('is up (')
    expect(first.code).toBe(0)
    const [pid] = engineProcesses(folder())
    expect((await stat(join(DATA_DIR, 'engines/engines.json'))).mode & 0o777).toBe(0o600)
    expect(new URL(await cacheUrl()).password.length).toBeGreaterThan(30)
    const again = await engines('up', 'redis')
    expect(again.output).toContain('is up already')
    expect(engineProcesses(folder())).toEqual([pid!])
  })

  test('two at once end with one server', async () => {
    await engines('down', 'redis')
    const both = await Promise.all([engines('up', 'redis'), engines('up', 'redis')])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    expect(engineProcesses(folder())).toHaveLength(1)
  })

  test('killed, it is down in status, and comes back with its data on the same port', async () => {
    const url = await cacheUrl()
    await onRedis((client) => client.set('kept', 'x'))
    expect(killAll(folder())).toBe(1)
    const status = await engines('status', 'redis')
    expect(status.output).toContain('down')
    expect(status.code).toBe(1)
    expect((await engines('up', 'redis')).code).toBe(0)
    expect(await cacheUrl()).toBe(url)
    expect(await onRedis((client) => client.get('kept'))).toBe('x')
  })

  test('a port that another program took meanwhile is replaced', async () => {
    const url = new URL(await cacheUrl())
    await engines('down', 'redis')
    const squatter = Bun.listen({ hostname: '127.0.0.1', port: Number(url.port), socket: { data() {} } })
    try {
      expect((await engines('up', 'redis')).code).toBe(0)
      expect(new URL(await cacheUrl()).port).not.toBe(url.port)
    } finally {
      squatter.stop(true)
    }
  })

  test('down ends it and forgets its variables; a second down is no error', async () => {
    for (let n = 0; n < 2; n++) expect((await engines('down', 'redis')).code).toBe(0)
    expect(engineProcesses(folder())).toEqual([])
    expect((await readState(DATA_DIR)).redis!.variables).toBeNull()
  })

  test('an unknown name and no command are wrong usage', async () => {
    for (const words of [['up', 'oracle'], [], ['sideways']]) {
      const { code, output } = await engines(...words)
      expect(code).toBe(2)
      expect(output).toContain('Usage: bun run engines')
    }
  })
})
