/**
 * Sends mail by SMTP. smtps:// uses TLS from the start; smtp:// uses STARTTLS, which is required when there is a password, since
 * anybody on the way could read it otherwise.
 */
import { messageOf } from '../../../lib/errors.ts'
import { NO_ANSWER, NO_HOST } from '../../../lib/network-texts.ts'
import type { Translated } from '../../../lib/texts.ts'
import { ChannelError, withoutSecrets } from './channel.ts'

export interface Mail {
  to: string[]
  subject: string
  text: string
  /** The same at each retry, so that a mailbox may drop the second; without domain. */
  id: string
  /** The thread that it belongs to; without domain. */
  thread?: string
  headers?: Record<string, string>
}

export interface Mailer {
  /** Resolves when the server has accepted the mail; else throws ChannelError, whose message holds no secret. */
  send(mail: Mail, signal: AbortSignal): Promise<void>
}

/** For each step of the conversation; the caller has a deadline for the whole. */
const STEP_MS = 10_000

/** `url`: smtp:// or smtps://user:password@host:port */
export function openMailer({ url, from }: { url: string; from: string }): Mailer {
  const server = readSmtpUrl(url)
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'doca.invalid'
  const idOf = (name: string) => `<${name}@${domain}>`
  return {
    async send({ to, subject, text, id, thread, headers }, signal) {
      // Imported at the first mail: most replicas never send one.
      const { default: nodemailer } = await import('nodemailer')
      const transport = nodemailer.createTransport({
        ...server,
        connectionTimeout: STEP_MS,
        greetingTimeout: STEP_MS,
        dnsTimeout: STEP_MS,
        socketTimeout: STEP_MS,
        // A message is text: nodemailer must not read files or addresses that it names.
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      try {
        await transport.sendMail({
          from,
          to,
          signal,
          subject,
          text,
          messageId: idOf(id),
          ...(thread && { inReplyTo: idOf(thread), references: idOf(thread) }),
          headers: { 'Auto-Submitted': 'auto-generated', ...headers },
        })
      } catch (thrown) {
        throw new ChannelError(problemOf(thrown, server))
      } finally {
        transport.close()
      }
    },
  }
}

interface SmtpServer {
  host: string
  port: number
  secure: boolean
  requireTLS: boolean
  auth?: { user: string; pass: string }
}

function readSmtpUrl(text: string): SmtpServer {
  const url = new URL(text)
  const secure = url.protocol === 'smtps:'
  const auth = url.username
    ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
    : undefined
  return {
    host: url.hostname,
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    requireTLS: !secure && auth !== undefined,
    ...(auth && { auth }),
  }
}

function problemOf(thrown: unknown, { auth }: SmtpServer): Translated {
  const { code, response } = thrown as { code?: string; response?: string }
  const encoded = auth && Buffer.from(auth.pass).toString('base64')
  const said = withoutSecrets(response ?? messageOf(thrown), [auth?.pass, encoded])
  const as = code ? ` (${code})` : ''
  const what = KNOWN[code ?? ''] ?? { en: `the server did not take it${as}`, pt: `o servidor não aceitou${as}` }
  return { en: `${what.en}: ${said}`, pt: `${what.pt}: “${said}”` }
}

const FAILED = { en: 'the connection failed', pt: 'a conexão falhou' }
const KNOWN: Record<string, Translated> = {
  EAUTH: { en: 'the server refuses user or password', pt: 'o servidor recusa usuário ou senha' },
  ETLS: { en: 'there is no safe connection', pt: 'não há conexão segura' },
  ESOCKET: FAILED,
  ECONNECTION: FAILED,
  ETIMEDOUT: NO_ANSWER,
  EABORT: NO_ANSWER,
  ABORT_ERR: NO_ANSWER,
  EDNS: NO_HOST,
  EENVELOPE: { en: 'the server refuses an address', pt: 'o servidor recusa um endereço' },
}
