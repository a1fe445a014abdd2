/** What stands at the other end of the channels: a real mail server and real web servers on loopback. */
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { temporaryFolder } from './temporary-folder.ts'

export interface Mail {
  from: string
  to: string[]
  /** Whole, as it came: headers and body. */
  source: string
  encrypted: boolean
  user: string | undefined
}

export interface MailServer {
  port: number
  mails: Mail[]
  close(): Promise<void>
}

export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: Mail[] = []
  const server = new SMTPServer({
    logger: false,
    authOptional: true,
    disabledCommands: options.key ? [] : ['STARTTLS'],
    allowInsecureAuth: !options.key,
    onAuth({ username, password }, _session, callback) {
      if (username === 'doca' && password === 's3cret/pa%ss') callback(null, { user: username })
      else callback(new Error(`no such user or password, not even ${password}`))
    },
    async onData(stream, session, callback) {
      const parts: Buffer[] = []
      for await (const part of stream) parts.push(part as Buffer)
      const { mailFrom, rcptTo } = session.envelope
      mails.push({
        from: mailFrom === false ? '' : mailFrom.address,
        to: rcptTo.map(({ address }) => address),
        source: Buffer.concat(parts).toString(),
        encrypted: session.secure,
        user: session.user,
      })
      callback()
    },
    ...options,
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Takes every connection and never says a word. */
export function startMuteServer(): { port: number; connections: () => number; close(): void } {
  let open = 0
  const server = Bun.listen({
    hostname: '127.0.0.1',
    port: 0,
    socket: { open: () => void open++, close: () => void open--, data() {} },
  })
  return { port: server.port, connections: () => open, close: () => server.stop(true) }
}

export interface Hook {
  url: string
  requests: Array<{ path: string; headers: Headers; text: string; body: any }>
  /** What it answers; 200 unless set. */
  answer: (n: number) => Response | Promise<Response>
  stop(): void
}

/** A web server that keeps what it is sent. */
export function startHook(tls?: { key: string; cert: string }): Hook {
  const hook: Hook = {
    url: '',
    requests: [],
    answer: () => new Response('ok'),
    stop: () => void server.stop(true),
  }
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    ...(tls && { tls }),
    async fetch(request) {
      const text = await request.text()
      hook.requests.push({
        path: new URL(request.url).pathname,
        headers: request.headers,
        text,
        body: JSON.parse(text),
      })
      return hook.answer(hook.requests.length)
    },
  })
  hook.url = `${tls ? 'https' : 'http'}://127.0.0.1:${server.port}/hook/t0ps3cret?sig=als0s3cret`
  return hook
}

/** A certificate that nobody vouches for. */
export function selfSigned(): { key: string; cert: string } {
  const folder = temporaryFolder()
  const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'cert')]
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const { exitCode, stderr } = Bun.spawnSync(['openssl', ...words, ...files, ...names])
  if (exitCode !== 0) throw new Error(`openssl: ${stderr.toString()}`)
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  return { key: read('key'), cert: read('cert') }
}
