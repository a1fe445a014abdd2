/**
 * Errors of Redis and of the network as sentences that say what to do. A refusal that will not change (credentials,
 * rights, the wrong kind of port) is distinguished from what may pass (away, loading, full).
 */
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { AppError, sentenceOf } from '../../../../lib/errors.ts'
import type { Translated } from '../../../../lib/texts.ts'
import { engineRefused, NO_TLS, TLS_ONLY, TRUST_FIX } from '../../initial-connection.ts'
import { nameOf, type RedisEndpoint } from './url.ts'

const RIGHTS = 'ACL SETUSER … ~PREFIX* +get +set +del +unlink +incrby +pttl +pexpire +eval +scan +select'

/** First word of a reply (its whole, where that says nothing) → what to do, when Redis will not change its mind. */
const REFUSALS: Array<[reply: RegExp, fix: Translated]> = [
  [
    /^(WRONGPASS|NOAUTH|ERR AUTH|ERR invalid password)/,
    { en: 'set the right user and password in CACHE_URL.', pt: 'ponha o usuário e a senha certos em CACHE_URL.' },
  ],
  [
    /^NOPERM/,
    {
      en: `give its user the rights: ${RIGHTS}.`,
      pt: `dê os direitos ao usuário: ${RIGHTS}.`,
    },
  ],
  [
    /DB index is out of range/,
    {
      en: 'end CACHE_URL in a lower number, or raise `databases` there.',
      pt: 'termine CACHE_URL com um número menor, ou aumente `databases` lá.',
    },
  ],
  [
    /^(MOVED|CROSSSLOT|CLUSTERDOWN)/,
    {
      en: 'it is a cluster; name a single server in CACHE_URL.',
      pt: 'é um cluster; indique um único servidor em CACHE_URL.',
    },
  ],
]

const PASSING: Array<[reply: RegExp, sentence: Translated]> = [
  [
    /^LOADING/,
    {
      en: 'is still loading its data; it serves when that is done.',
      pt: 'ainda está carregando os dados; atende quando isso terminar.',
    },
  ],
  [
    /^(READONLY|MASTERDOWN)/,
    {
      en: 'is a replica that takes no writes; name the primary in CACHE_URL.',
      pt: 'é uma réplica que não aceita gravações; indique o primário em CACHE_URL.',
    },
  ],
  [
    /^OOM/,
    {
      en: 'is full; raise its maxmemory, or let it make room: maxmemory-policy volatile-lru.',
      pt: 'está cheio; aumente maxmemory, ou deixe que ele abra espaço: maxmemory-policy volatile-lru.',
    },
  ],
  [
    /^MISCONF/,
    {
      en: 'takes no writes, since it cannot save to its disk; make room there.',
      pt: 'não aceita gravações, pois não consegue salvar no disco; libere espaço lá.',
    },
  ],
]

/** The reply with which Redis refuses us for good, as `engine_refused`, else undefined. */
export function refusalOf(endpoint: RedisEndpoint, thrown: unknown): AppError | undefined {
  if (thrown instanceof AppError) return thrown.code === 'engine_refused' ? thrown : undefined
  if (isReply(thrown)) {
    const fix = REFUSALS.find(([reply]) => reply.test(thrown.message))?.[1]
    return fix === undefined ? undefined : engineRefused(nameOf(endpoint), fix, withoutCommand(thrown))
  }
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code ?? ''
  if (!endpoint.tls || !/CERT|SELF_SIGNED|SIGNATURE|ISSUER|ERR_SSL|ERR_TLS|WRONG_VERSION/.test(code)) return undefined
  return engineRefused(nameOf(endpoint), TRUST_FIX, withoutCommand(thrown))
}

/** The same error as the callers of the cache see it; a reply about what they asked for stays as it is. */
export function unavailable(endpoint: RedisEndpoint, thrown: unknown): Error {
  const cause = withoutCommand(thrown)
  const say = (detail: Translated) => new AppError('unavailable', 'cache_unavailable', detail, { cause })
  const refusal = refusalOf(endpoint, thrown)
  if (refusal) return say(refusal.detail)
  const name = nameOf(endpoint)
  if (!isReply(thrown)) {
    const why = sentenceOf(thrown)
    return say({ en: `${name} does not answer (${why.en}).`, pt: `${name} não responde (${why.pt}).` })
  }
  const sentence = PASSING.find(([reply]) => reply.test(thrown.message))?.[1]
  return sentence === undefined ? thrown : say({ en: `${name} ${sentence.en}`, pt: `${name} ${sentence.pt}` })
}

/** Whether Redis answered, and only about this one command. */
export const isAboutCommand = (thrown: unknown) =>
  isReply(thrown) && ![...REFUSALS, ...PASSING].some(([reply]) => reply.test(thrown.message))

const isReply = (thrown: unknown): thrown is Error => thrown instanceof Error && thrown.name === 'ReplyError'

/** ioredis hangs the command with its arguments on the error: a log would show values, and the password of HELLO. */
function withoutCommand(thrown: unknown): unknown {
  if (thrown instanceof Error && 'command' in thrown) delete thrown.command
  return thrown
}

const TRY_MS = 1500

/**
 * A client that speaks TLS to a plain port waits in vain, and one that speaks plainly to a TLS port is hung up on, both
 * without a reason. So after a failed initial connection we try the other way; resolves with `engine_refused` if it works.
 */
export async function tlsMismatch(endpoint: RedisEndpoint): Promise<AppError | undefined> {
  const { host, port, tls } = endpoint
  if (tls) {
    const speaks = await answers(connectTcp({ host, port }), 'connect', (socket) => {
      socket.write('PING\r\n')
      return /^[+-]/
    })
    const fix = {
      en: 'write redis:// in CACHE_URL, not rediss://.',
      pt: 'escreva redis:// em CACHE_URL, e não rediss://.',
    }
    return speaks ? engineRefused(nameOf(endpoint), fix, NO_TLS) : undefined
  }
  // Only whether there is TLS matters here; nothing is sent.
  const speaks = await answers(connectTls({ host, port, rejectUnauthorized: false }), 'secureConnect', () => null)
  const fix = {
    en: 'write rediss:// in CACHE_URL, not redis://.',
    pt: 'escreva rediss:// em CACHE_URL, e não redis://.',
  }
  return speaks ? engineRefused(nameOf(endpoint), fix, TLS_ONLY) : undefined
}

/** Whether `event` comes, and then what `ask` wants to read. */
async function answers(socket: Socket, event: string, ask: (socket: Socket) => RegExp | null): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), TRY_MS)
  socket.on('error', () => resolve(false))
  socket.on('close', () => resolve(false))
  socket.once(event, () => {
    const wanted = ask(socket)
    if (wanted === null) resolve(true)
    else socket.once('data', (bytes: Buffer) => resolve(wanted.test(bytes.toString('latin1'))))
  })
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}
