/**
 * E-mail by SMTP. smtps:// uses TLS from the start; smtp:// uses STARTTLS, which is required when there is a password, since
 * anybody on the way could read it otherwise.
 */
import type { Severity } from '../../../db/alerts/rules.ts'
import { messageOf } from '../../../lib/errors.ts'
import { ChannelError, withoutSecrets, type Channel, type Message } from '../channel.ts'
import { plainText, wordsOf } from '../words.ts'

export interface Mailbox {
  /** smtp:// or smtps://user:password@host:port */
  url: string
  from: string
  to: string[]
}

/** For each step of the conversation; the whole has the outbox's deadline. */
const STEP_MS = 10_000

export function emailChannel({ url, from, to }: Mailbox, min_severity: Severity): Channel {
  const server = readSmtpUrl(url)
  return {
    name: 'email',
    min_severity,
    async send(message, signal) {
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
        await transport.sendMail({ from, to, signal, ...mailOf(message, from) })
      } catch (thrown) {
        throw new ChannelError(problemOf(thrown, server))
      } finally {
        transport.close()
      }
    },
  }
}

function mailOf(message: Message, from: string) {
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'doca.invalid'
  const thread = `<${message.alert_id}@${domain}>`
  return {
    subject: wordsOf(message).title,
    text: plainText(message),
    // The same at each retry, so that a mailbox may drop the second; one thread for each alert.
    messageId: `<${message.id}@${domain}>`,
    inReplyTo: thread,
    references: thread,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Doca-Alert': message.alert_id },
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

function problemOf(thrown: unknown, { auth }: SmtpServer): string {
  const { code, response } = thrown as { code?: string; response?: string }
  const encoded = auth && Buffer.from(auth.pass).toString('base64')
  const said = withoutSecrets(response ?? messageOf(thrown), [auth?.pass, encoded])
  const what: Record<string, string> = {
    EAUTH: 'the server refuses user or password',
    ETLS: 'there is no safe connection',
    ESOCKET: 'the connection failed',
    ECONNECTION: 'the connection failed',
    ETIMEDOUT: 'no answer in time',
    EABORT: 'no answer in time',
    ABORT_ERR: 'no answer in time',
    EDNS: 'there is no such host',
    EENVELOPE: 'the server refuses an address',
  }
  return `${what[code ?? ''] ?? `the server did not take it${code ? ` (${code})` : ''}`}: ${said}`
}
