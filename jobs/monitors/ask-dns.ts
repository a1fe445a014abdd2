/** One DNS check: the records of a name, asked of the server itself and not of this machine's cache. */
import { Resolver } from 'node:dns/promises'
import type { DnsSpec } from '../../db/monitors/spec.ts'
import type { Translated } from '../../lib/texts.ts'
import { failed, slowness, type Answer } from './answer.ts'

/** Never throws. */
export async function askDns(spec: DnsSpec, timeout_s: number, signal: AbortSignal): Promise<Answer> {
  const { name, type, value, server } = spec
  const resolver = new Resolver({ timeout: timeout_s * 1000, tries: 1 })
  if (server !== null) resolver.setServers([server])
  const cancel = () => resolver.cancel()
  signal.addEventListener('abort', cancel)
  const begun_at = performance.now()
  try {
    const records = recordsOf(await resolver.resolve(name, type))
    const latency_ms = performance.now() - begun_at
    if (value === null || records.some((one) => isSame(one, value)))
      return { failure: slowness(latency_ms, spec.latency_ms), latency_ms }
    const found = records.slice(0, 5).join(', ')
    const detail = { en: `It is ${found}, and not ${value}.`, pt: `É ${found}, e não ${value}.` }
    return failed('value', detail, latency_ms)
  } catch (thrown) {
    return failure(thrown, `${name} ${type}`, signal)
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

function recordsOf(answer: unknown): string[] {
  return (answer as unknown[]).map((one) => {
    if (Array.isArray(one)) return one.join('')
    const { priority, exchange } = Object(one) as { priority?: number; exchange?: string }
    return exchange === undefined ? String(one) : `${priority} ${exchange}`
  })
}

/** Names are the same in whatever case, and with a dot at their end. */
const isSame = (a: string, b: string) => plain(a) === plain(b)
const plain = (text: string) => text.toLowerCase().replace(/\.$/, '')

function failure(thrown: unknown, what: string, signal: AbortSignal): Answer {
  const code = (thrown as NodeJS.ErrnoException).code ?? 'unknown'
  if (signal.aborted || code === 'ETIMEOUT' || code === 'ECANCELLED')
    return failed('timeout', { en: 'No answer in time.', pt: 'Não houve resposta a tempo.' })
  if (code === 'ENOTFOUND' || code === 'ENODATA') {
    const detail: Translated = { en: `There is no record ${what}.`, pt: `Não existe o registro ${what}.` }
    return failed('no_record', detail)
  }
  return failed('network', {
    en: `The server cannot be asked (${code}).`,
    pt: `O servidor não pode ser consultado (${code}).`,
  })
}
