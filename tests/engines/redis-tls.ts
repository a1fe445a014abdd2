/** A Redis that speaks TLS only, with a certificate that it vouches for itself. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../ops/engines/install.ts'
import { freePort, until } from '../kit/program.ts'

export interface TlsRedis {
  url: string
  /** Opens a cache in a process that trusts the certificate, and prints the first count. */
  tryTrusted(): Promise<{ exitCode: number; stdout: string; stderr: string }>
  stop(): Promise<void>
}

export async function startTlsRedis(): Promise<TlsRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'doca-redis-tls-'))
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  await run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, ...names])
  const port = freePort()
  const settings = { port: '0', 'tls-port': String(port), 'tls-key-file': key, 'tls-cert-file': certificate }
  const words = Object.entries({ ...settings, 'tls-auth-clients': 'no', save: '', dir: folder })
  const server = Bun.spawn(['redis-server', ...words.flatMap(([name, value]) => [`--${name}`, value])], {
    stdout: 'ignore',
    stderr: 'ignore',
  })
  const url = `rediss://localhost:${port}/0`
  await until('the server to listen', () => listens(port))
  return {
    url,
    async tryTrusted() {
      const code = `
        import pino from 'pino'
        import { createRedisCache } from './db/engines/cache/redis/cache.ts'
        const cache = await createRedisCache(${JSON.stringify(url)}, { log: pino({ level: 'warn' }) })
        console.log(await cache.increment('n', 60))
        await cache.close()`
      const child = Bun.spawn([process.execPath, '-e', code], {
        cwd: join(import.meta.dir, '../..'),
        env: { ...process.env, NODE_EXTRA_CA_CERTS: certificate },
        stdout: 'pipe',
        stderr: 'pipe',
      })
      const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
      return { exitCode: await child.exited, stdout, stderr }
    },
    async stop() {
      server.kill()
      await server.exited
      await rm(folder, { recursive: true })
    },
  }
}

const listens = (port: number) =>
  Bun.connect({ hostname: '127.0.0.1', port, socket: { data() {} } }).then(
    (socket) => (socket.end(), true),
    () => false,
  )
