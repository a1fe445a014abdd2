/** Answers whose bodies are known as a whole, so that they can be compressed (compression.ts). */

import type { Server } from 'bun'

export type WholeBody = string | Uint8Array<ArrayBuffer>

const bodies = new WeakMap<Response, WholeBody>()

export const wholeBody = (answer: Response): WholeBody | undefined => bodies.get(answer)

/** Text, or bytes of text. */
export function wholeAnswer(body: WholeBody, headers: Headers | Record<string, string>, status = 200): Response {
  const answer = new Response(typeof body === 'string' ? body : longBody(body), { status, headers })
  bodies.set(answer, body)
  return answer
}

export const JSON_TYPE = { 'content-type': 'application/json' }

export const jsonAnswer = (value: object, status = 200, headers: Record<string, string> = {}): Response =>
  wholeAnswer(JSON.stringify(value), { ...JSON_TYPE, ...headers }, status)

export const isPlain = (value: unknown): value is object =>
  value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype

/** For an answer that may take longer than a connection may be silent. */
export function longAnswer(server: Server<unknown> | null, request: Request): void {
  server?.timeout(request, LONG_ANSWER_S)
}

const LONG_ANSWER_S = 250

/** Leaves room for the headers. */
const FITS_BYTES = 12 * 1024

/**
 * Works round oven-sh/bun#41341. When an awaited answer does not fit into Bun's send buffer of 16 KiB together with its
 * headers, Bun 1.4.5 makes a system call for every name and value of the headers: some 50, which take ten times as long as
 * the body. A stream of two pieces needs a few.
 */
function longBody(bytes: Uint8Array<ArrayBuffer>): Bun.BodyInit {
  if (bytes.byteLength <= FITS_BYTES) return bytes
  return new ReadableStream<Uint8Array>({
    type: 'direct',
    pull(controller) {
      controller.write(bytes.subarray(0, FITS_BYTES))
      controller.flush()
      controller.write(bytes.subarray(FITS_BYTES))
      controller.close()
    },
  })
}
