/** One POST to a webhook. Its address is a secret: no error holds it, nor a network error that may name it. */
import { retryAfter } from '../../../../lib/asked-wait.ts'
import { networkFailure } from '../../../../lib/network-failure.ts'
import { ChannelError, withoutSecrets } from '../channel.ts'

const MAX_ANSWER_BYTES = 4096

interface Post {
  url: string
  /** Removed from the answer before an error quotes it. */
  secrets: string[]
  body: string
  headers?: Record<string, string>
}

/** Throws ChannelError unless the answer is a 2xx; answers that ask to wait are honoured. */
export async function postJson({ url, secrets, body, headers = {} }: Post, signal: AbortSignal): Promise<void> {
  let response: Response
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'doca', ...headers },
      body,
      signal,
      // The receiver must not send our alerts elsewhere.
      redirect: 'manual',
    })
  } catch (thrown) {
    throw new ChannelError(networkFailure(thrown, signal))
  }
  const answer = await startOf(response)
  if (response.ok) return
  const said = withoutSecrets(answer, [url, ...secrets])
  const { status } = response
  const text = { en: `answered ${status}${said && `: ${said}`}`, pt: `respondeu ${status}${said && `: “${said}”`}` }
  throw new ChannelError(text, askedToWait(response, answer))
}

/** The beginning of the answer; a body that never ends is left alone. */
async function startOf(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  let bytes = new Uint8Array()
  try {
    while (reader && bytes.length < MAX_ANSWER_BYTES) {
      const { done, value } = await reader.read()
      if (done) break
      bytes = new Uint8Array(Buffer.concat([bytes, value]))
    }
  } catch {
    // The status is enough.
  } finally {
    await reader?.cancel().catch(() => {})
  }
  return new TextDecoder().decode(bytes.subarray(0, MAX_ANSWER_BYTES))
}

/** In seconds; Telegram says it in the body. */
function askedToWait(response: Response, answer: string): number | undefined {
  const header_ms = retryAfter(response)
  if (header_ms !== null) return header_ms / 1000
  const said = /"retry_after"\s*:\s*(\d{1,6})\b/.exec(answer)?.[1]
  return said === undefined ? undefined : Number(said)
}
