/** Redis from Debian's package. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { Engine } from './engine.ts'
import { installPackages } from './install.ts'

const SERVER = '/usr/bin/redis-server'

export const redis: Engine = {
  name: 'redis',
  ports: { redis: 29_379 },

  install: ({ programs }) => installPackages(programs, SERVER, ['redis-server']),

  async prepare({ folder, ports, password }) {
    await mkdir(join(folder, 'data'), { recursive: true })
    const settings = [
      'bind 127.0.0.1',
      `port ${ports.redis}`,
      `requirepass ${password}`,
      // A quoted string: the folder's name may hold blanks.
      `dir ${JSON.stringify(join(folder, 'data'))}`,
      'appendonly yes',
      'maxmemory 256mb',
      'maxmemory-policy volatile-lru',
      'daemonize no',
    ]
    await writeFile(join(folder, 'redis.conf'), `${settings.join('\n')}\n`, { mode: 0o600 })
    return { command: [SERVER, join(folder, 'redis.conf')] }
  },

  async check({ ports, password }) {
    const client = new Redis({ port: ports.redis!, password, lazyConnect: true, retryStrategy: () => null })
    // Without a listener it prints errors; connect() rejects anyway.
    client.on('error', () => {})
    try {
      await client.connect()
      return /redis_version:(\S+)/.exec(await client.info('server'))![1]!
    } finally {
      client.disconnect()
    }
  },

  variables: ({ ports, password }) => ({ CACHE_URL: `redis://:${password}@127.0.0.1:${ports.redis}/0` }),
}
