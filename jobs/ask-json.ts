/**
 * JSON from somebody else's API. No answer, an error page or half an answer becomes a sentence, and whether asking again
 * may help. API keys are in the query string, so no sentence quotes it; one that stands elsewhere is among `secrets`.
 */
import type { JSONValue } from 'postgres'
import { AppError, sentenceOf } from '../lib/errors.ts'
import type { Translated } from '../lib/texts.ts'
import { withoutSecrets } from '../db/alerts/delivery/channel.ts'
import { retryAfter } from '../lib/asked-wait.ts'
import { askPatiently, type Patience } from './patience.ts'

export interface Refusal {
  problem: AppError
  /** Asking again later may help. */
  passing: boolean
  /** How long the API asks to wait; null: it does not say. */
  retry_after_ms: number | null
}

export interface JsonOptions {
  signal: AbortSignal
  /** For the whole answer. */
  deadline_ms?: number
  max_bytes?: number
  /** Texts, as they are in the URL, that no sentence may quote. */
  secrets?: readonly string[]
}

const DEADLINE_MS = 10_000
const MAX_BYTES = 16 * 1024 * 1024

/** Throws only the signal's reason. */
export async function askJson(url: string, options: JsonOptions): Promise<Answer> {
  const { signal, deadline_ms = DEADLINE_MS, max_bytes = MAX_BYTES, secrets = [] } = options
  const late = AbortSignal.timeout(deadline_ms)
  const { origin, pathname } = new URL(url)
  const what = `GET ${origin}${pathname}`
  const clean = (sentence: string) => withoutSecrets(`${what} ${sentence}.`, secrets)
  const refused = ({ en, pt }: Translated, passing: boolean, retry_after_ms: number | null = null): Refusal => ({
    problem: new AppError('upstream', 'external_api', { en: clean(en), pt: clean(pt) }),
    passing,
    retry_after_ms,
  })
  try {
    const answer = await fetch(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.any([signal, late]),
    })
    const text = await textOf(answer, max_bytes)
    if (text === null)
      return refused(
        { en: `answered with more than ${max_bytes} bytes`, pt: `respondeu com mais de ${max_bytes} bytes` },
        false,
      )
    const { status } = answer
    const answered = { en: `answered ${status}`, pt: `respondeu ${status}` }
    if (status === 429 || status >= 500) return refused(answered, true, retryAfter(answer))
    if (status === 401 || status === 403)
      return refused({ en: `${answered.en}; check its key`, pt: `${answered.pt}; confira a chave` }, false)
    if (!answer.ok) return refused(answered, false)
    try {
      return { json: JSON.parse(text) as JSONValue }
    } catch {
      const start = text.trimStart().slice(0, 40).replaceAll(/\s+/g, ' ')
      return refused(
        {
          en: `answered ${text.length} characters that are no JSON ("${start}…")`,
          pt: `respondeu ${text.length} caracteres que não são JSON (“${start}…”)`,
        },
        true,
      )
    }
  } catch (thrown) {
    if (signal.aborted) throw signal.reason
    if (late.aborted)
      return refused(
        { en: `was not answered within ${deadline_ms / 1000} s`, pt: `não teve resposta em ${deadline_ms / 1000} s` },
        true,
      )
    // Each try is as many requests as Bun follows redirects.
    if ((thrown as { code?: string }).code === 'TooManyRedirects')
      return refused({ en: 'redirects without end', pt: 'redireciona sem fim' }, false)
    const why = sentenceOf(thrown)
    return refused({ en: `failed: ${why.en}`, pt: `falhou: ${why.pt}` }, true)
  }
}

export type JsonPatience = Pick<Patience<Answer>, 'until'> &
  Partial<Pick<Patience<Answer>, 'first_delay_ms'>> & { onWait?: (problem: AppError, delay_ms: number) => void }

type Answer = { json: JSONValue } | Refusal

const FIRST_DELAY_MS = 1000
const MAX_DELAY_MS = 30_000

/** Asks until there is JSON; a refusal that does not pass, or not before `until`, is the answer. */
export function askJsonPatiently(
  url: string,
  options: JsonOptions,
  { until, first_delay_ms = FIRST_DELAY_MS, onWait }: JsonPatience,
): Promise<Answer> {
  const patience: Patience<Answer> = {
    until,
    first_delay_ms,
    max_delay_ms: MAX_DELAY_MS,
    waitOf: (answer) => ('json' in answer || !answer.passing ? 'final' : answer.retry_after_ms),
    onWait: (answer, delay_ms) => 'problem' in answer && onWait?.(answer.problem, delay_ms),
  }
  return askPatiently(() => askJson(url, options), patience, options.signal)
}

/** null: it is longer than `max_bytes`. */
async function textOf({ body }: Response, max_bytes: number): Promise<string | null> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength
    if (bytes > max_bytes) return null
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
