/** One HTTP check, over a connection of its own. It reads no more than it needs, and goes to no host but those that it names. */
import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import type { HttpSpec } from '../../db/monitors/spec.ts'
import type { Env } from '../../lib/env.ts'
import { isAboutCertificate, networkFailure } from '../../lib/network-failure.ts'
import type { Translated } from '../../lib/texts.ts'
import { failed, slowness, type Answer } from './answer.ts'

/** Where a page is searched for a text. */
const MAX_BODY_BYTES = 256 * 1024
const MAX_REDIRECTS = 5

/** Never throws. */
export async function askHttp(spec: HttpSpec, env: Env, signal: AbortSignal): Promise<Answer> {
  const missing = Object.values(spec.headers_from_env).find((name) => !env[name])
  if (missing)
    return failed('configuration', {
      en: `The environment variable ${missing} is not set where it is asked from.`,
      pt: `A variável de ambiente ${missing} não está definida onde a consulta é feita.`,
    })
  const certificates: Date[] = []
  const begun_at = performance.now()
  try {
    const { response, refused } = await follow({ spec, env, certificates, signal })
    const problem = refused ?? (await problemOf(spec, response))
    const latency_ms = performance.now() - begun_at
    await response.body?.cancel().catch(() => {})
    return {
      failure: problem ?? slowness(latency_ms, spec.latency_ms),
      latency_ms,
      certificate_ends_at: certificates.toSorted((a, b) => a.getTime() - b.getTime())[0] ?? null,
    }
  } catch (thrown) {
    const said = networkFailure(thrown, signal)
    const reason = signal.aborted ? 'timeout' : isAboutCertificate(thrown) ? 'certificate' : 'network'
    return failed(reason, { en: `It cannot be asked: ${said.en}.`, pt: `Não é possível consultar: ${said.pt}.` })
  }
}

type Problem = { reason: string; detail: Translated } | null

interface Question {
  spec: HttpSpec
  env: Env
  /** When each certificate that is shown ends. */
  certificates: Date[]
  signal: AbortSignal
}

/** The last answer, and why its redirect is not followed. */
async function follow(question: Question): Promise<{ response: Response; refused: Problem }> {
  const { status: wanted, follow_to, ...spec } = question.spec
  const first = new URL(spec.url)
  let [url, method]: [URL, string] = [first, spec.method]
  for (let hop = 0; ; hop++) {
    const response = await ask(question, url, method, url.origin === first.origin)
    const { status, headers } = response
    const location = headers.get('location')
    if (wanted.includes(status) || !REDIRECTS.includes(status) || location === null) return { response, refused: null }
    const target = URL.canParse(location, url.href) ? new URL(location, url) : null
    const is_allowed =
      /^https?:$/.test(target?.protocol ?? '') && [first.hostname, ...follow_to].includes(target!.hostname)
    if (!target || !is_allowed) return { response, refused: elsewhere(status, target) }
    if (hop === MAX_REDIRECTS) return { response, refused: TOO_MANY }
    await response.body?.cancel().catch(() => {})
    if (status === 303 || (method === 'POST' && status < 303)) method = 'GET'
    url = target
  }
}

const REDIRECTS = [301, 302, 303, 307, 308]

function ask(
  { spec, env, certificates, signal }: Question,
  url: URL,
  method: string,
  is_own: boolean,
): Promise<Response> {
  const secret = Object.entries(spec.headers_from_env).map(([name, variable]) => [name, env[variable]!])
  return fetch(url, {
    method,
    headers: {
      'user-agent': 'doca-monitor',
      // An answer that inflates is not read.
      'accept-encoding': 'identity',
      // What lets us in is for the address that was configured alone.
      ...(is_own && { ...spec.headers, ...Object.fromEntries(secret) }),
    },
    ...(method === 'POST' && spec.body !== null && { body: spec.body }),
    redirect: 'manual',
    keepalive: false,
    decompress: false,
    signal,
    ...(url.protocol === 'https:' && {
      tls: {
        ...(spec.ca !== null && { ca: spec.ca }),
        checkServerIdentity(host: string, certificate: PeerCertificate) {
          certificates.push(new Date(certificate.valid_to))
          return checkServerIdentity(host, certificate)
        },
      },
    }),
  } as RequestInit)
}

async function problemOf({ status: wanted, contains }: HttpSpec, response: Response): Promise<Problem> {
  const { status } = response
  if (wanted.length > 0 ? !wanted.includes(status) : !response.ok) {
    const list = wanted.length > 0 ? wanted.join(', ') : '2xx'
    const detail = { en: `It answered ${status} instead of ${list}.`, pt: `Respondeu ${status} em vez de ${list}.` }
    return { reason: 'status', detail }
  }
  if (contains === null || (await startOf(response)).includes(contains)) return null
  return {
    reason: 'body',
    detail: { en: `Its answer does not contain "${contains}".`, pt: `A resposta não contém "${contains}".` },
  }
}

async function startOf(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  const parts: Uint8Array[] = []
  for (let size = 0; reader && size < MAX_BODY_BYTES;) {
    const { done, value } = await reader.read()
    if (done) break
    parts.push(value)
    size += value.byteLength
  }
  await reader?.cancel().catch(() => {})
  reader?.releaseLock()
  return decoderOf(response.headers).decode(Buffer.concat(parts).subarray(0, MAX_BODY_BYTES))
}

/** Of the charset that the answer names; many pages in Brazil are in ISO-8859-1. */
function decoderOf(headers: Headers): TextDecoder {
  const [, charset = 'utf-8'] = /charset\s*=\s*"?([\w.:-]+)/i.exec(headers.get('content-type') ?? '') ?? []
  try {
    return new TextDecoder(charset as ConstructorParameters<typeof TextDecoder>[0])
  } catch {
    return new TextDecoder()
  }
}

const TOO_MANY: Problem = {
  reason: 'redirect',
  detail: {
    en: `It redirects more than ${MAX_REDIRECTS} times in a row.`,
    pt: `Redireciona mais de ${MAX_REDIRECTS} vezes seguidas.`,
  },
}

/** The path may hold what is secret. */
function elsewhere(status: number, target: URL | null): Problem {
  const where = target && target.origin !== 'null' ? target.origin : (target?.protocol ?? '?')
  return {
    reason: 'redirect',
    detail: {
      en: `It answered ${status} and leads to ${where}, which is not followed.`,
      pt: `Respondeu ${status} e leva a ${where}, que não é seguido.`,
    },
  }
}
