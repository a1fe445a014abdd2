/**
 * Errors of RabbitMQ and of the network as sentences that say what to do. A refusal that will not change (credentials,
 * vhost, rights, the wrong kind of port) is distinguished from what may pass.
 */
import { connect as connectTls } from 'node:tls'
import { AppError, messageOf } from '../../../../lib/errors.ts'
import { engineRefused } from '../../initial-connection.ts'
import { nameOf, type RabbitmqEndpoint } from './url.ts'

const TRY_MS = 1_500

/** The error of a connection that did not come about, as `engine_refused` when it never will, else as it is. */
export async function connectProblem(endpoint: RabbitmqEndpoint, thrown: unknown): Promise<unknown> {
  const said = messageOf(thrown)
  const refused = (fix: string, cause: unknown = thrown) => engineRefused(nameOf(endpoint), fix, cause)
  if (said.includes('ACCESS_REFUSED')) return refused('set the right user and password in QUEUE_URL.')
  // amqplib keeps the broker's reason to itself here: it closed where it should have opened the virtual host.
  if (/Expected ConnectionOpenOk/.test(said)) {
    const { vhost, username } = endpoint
    const fix = `rabbitmqctl add_vhost ${vhost}; rabbitmqctl set_permissions -p ${vhost} ${username} ".*" ".*" ".*"`
    const cause = new Error(`no access to its virtual host ${vhost}`, { cause: thrown })
    return refused(`make it and let ${username} in: ${fix}; or name another at the end of QUEUE_URL.`, cause)
  }
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code ?? ''
  if (endpoint.tls && /WRONG_VERSION/.test(code))
    return refused('it does not speak TLS there; write amqp://, not amqps://.')
  if (endpoint.tls && /CERT|SELF_SIGNED|SIGNATURE|ISSUER|ERR_TLS/.test(code))
    return refused('let this machine trust the certificate (NODE_EXTRA_CA_CERTS=FILE) and name the host as it does.')
  // A TLS port hangs up on AMQP without a word.
  if (!endpoint.tls && /closed abruptly|ECONNRESET/.test(`${said} ${code}`) && (await speaksTls(endpoint)))
    return refused('write amqps:// in QUEUE_URL, not amqp://.', new Error('it speaks TLS only', { cause: thrown }))
  return thrown
}

/** The error of a declaration, as a sentence that names the queue; undefined when it is about something else. */
export function declareProblem(endpoint: RabbitmqEndpoint, queue: string, thrown: unknown): AppError | undefined {
  const code = (thrown as { code?: unknown } | undefined)?.code
  const reason = /with message "(.*)"/s.exec(messageOf(thrown))?.[1] ?? messageOf(thrown)
  if (code === 406)
    return new AppError(
      'conflict',
      'queue_mismatch',
      `Queue ${queue} exists at ${nameOf(endpoint)} with other settings (${reason}); ` +
        `consume what is in it, delete it there, and it is made anew, or use another name.`,
      { cause: thrown },
    )
  if (code === 403) {
    const fix = `rabbitmqctl set_permissions -p ${endpoint.vhost} ${endpoint.username} ".*" ".*" ".*"`
    return engineRefused(nameOf(endpoint), `give it the rights for queue ${queue}: ${fix}.`, new Error(reason))
  }
  return undefined
}

/** An outage, as the callers of the queue see it. */
export function unavailable(what: string, cause: unknown): AppError {
  return new AppError('unavailable', 'queue_unavailable', `${what}: ${messageOf(cause).replace(/\.$/, '')}.`, { cause })
}

async function speaksTls({ host, port }: RabbitmqEndpoint): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), TRY_MS)
  // Only whether there is TLS matters here; nothing is sent.
  const socket = connectTls({ host, port, rejectUnauthorized: false })
  socket.on('error', () => resolve(false))
  socket.on('close', () => resolve(false))
  socket.once('secureConnect', () => resolve(true))
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}
