/**
 * Errors of RabbitMQ and of the network as sentences that say what to do. A refusal that will not change (credentials,
 * vhost, rights, the wrong kind of port) is distinguished from what may pass.
 */
import { connect as connectTls } from 'node:tls'
import { AppError, messageOf, sentenceOf } from '../../../../lib/errors.ts'
import { ended, type Translated } from '../../../../lib/texts.ts'
import { engineRefused, TLS_ONLY, TRUST_FIX } from '../../initial-connection.ts'
import { nameOf, type RabbitmqEndpoint } from './url.ts'

const TRY_MS = 1_500

/** The error of a connection that did not come about, as `engine_refused` when it never will, else as it is. */
export async function connectProblem(endpoint: RabbitmqEndpoint, thrown: unknown): Promise<unknown> {
  const said = messageOf(thrown)
  const refused = (fix: Translated, cause: unknown = thrown) => engineRefused(nameOf(endpoint), fix, cause)
  if (said.includes('ACCESS_REFUSED'))
    return refused({
      en: 'set the right user and password in QUEUE_URL.',
      pt: 'ponha o usuário e a senha certos em QUEUE_URL.',
    })
  // amqplib keeps the broker's reason to itself here: it closed where it should have opened the virtual host.
  if (/Expected ConnectionOpenOk/.test(said)) {
    const { vhost, username } = endpoint
    const fix = `rabbitmqctl add_vhost ${vhost}; rabbitmqctl set_permissions -p ${vhost} ${username} ".*" ".*" ".*"`
    const why = { en: `no access to its virtual host ${vhost}`, pt: `sem acesso ao virtual host ${vhost}` }
    const cause = new AppError('unavailable', 'engine_refused', why, { cause: thrown })
    return refused(
      {
        en: `make it and let ${username} in: ${fix}; or name another at the end of QUEUE_URL.`,
        pt: `crie-o e dê acesso a ${username}: ${fix}; ou indique outro no fim de QUEUE_URL.`,
      },
      cause,
    )
  }
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code ?? ''
  if (endpoint.tls && /WRONG_VERSION/.test(code))
    return refused({
      en: 'it does not speak TLS there; write amqp://, not amqps://.',
      pt: 'ele não fala TLS ali; escreva amqp://, e não amqps://.',
    })
  if (endpoint.tls && /CERT|SELF_SIGNED|SIGNATURE|ISSUER|ERR_TLS/.test(code)) return refused(TRUST_FIX)
  // A TLS port hangs up on AMQP without a word.
  if (!endpoint.tls && /closed abruptly|ECONNRESET/.test(`${said} ${code}`) && (await speaksTls(endpoint)))
    return refused(
      { en: 'write amqps:// in QUEUE_URL, not amqp://.', pt: 'escreva amqps:// em QUEUE_URL, e não amqp://.' },
      TLS_ONLY,
    )
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
      {
        en: `Queue ${queue} exists at ${nameOf(endpoint)} with other settings (${reason}); consume what is in it, delete it there, and it is made anew, or use another name.`,
        pt: `A fila ${queue} existe em ${nameOf(endpoint)} com outra configuração (“${reason}”); consuma o que há nela, apague-a lá, e ela é criada de novo, ou use outro nome.`,
      },
      { cause: thrown },
    )
  if (code === 403) {
    const fix = `rabbitmqctl set_permissions -p ${endpoint.vhost} ${endpoint.username} ".*" ".*" ".*"`
    const rights = {
      en: `give it the rights for queue ${queue}: ${fix}.`,
      pt: `dê a ele os direitos sobre a fila ${queue}: ${fix}.`,
    }
    return engineRefused(nameOf(endpoint), rights, reason)
  }
  return undefined
}

/** An outage, as the callers of the queue see it. */
export function unavailable(what: Translated, cause: unknown): AppError {
  const why = sentenceOf(cause)
  const detail = ended({ en: `${what.en}: ${why.en}`, pt: `${what.pt}: ${why.pt}` })
  return new AppError('unavailable', 'queue_unavailable', detail, { cause })
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
