/** The body of an answer from S3: exactly as many bytes as it promised, or an error; never short without a sign. */
import type { Readable } from 'node:stream'
import { AppError } from '../../../../lib/errors.ts'
import { withDeadline } from '../../../../lib/retry.ts'

/** A server that sends nothing for so long has gone. */
const SILENCE_MS = 15_000

export function bodyOf(source: Readable, size_bytes: number, key: string, engine: string): ReadableStream<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  let left = size_bytes
  const lost = (cause?: unknown) =>
    new AppError(
      'unavailable',
      'objects_unavailable',
      {
        en: `${engine} stopped before ${key} was read to its end. Read it again.`,
        pt: `${engine} parou antes de ${key} ser lido até o fim. Leia de novo.`,
      },
      {
        cause,
      },
    )
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const next = await withDeadline(pieces.next(), SILENCE_MS, engine)
          if (!next.done) left -= next.value.byteLength
          if (left < 0 || (next.done && left > 0)) throw new Error(`${left} bytes are left`)
          if (next.done) controller.close()
          else controller.enqueue(next.value)
        } catch (err) {
          source.destroy()
          throw lost(err)
        }
      },
      cancel: () => void source.destroy(),
    },
    // Nothing is fetched before it is asked for.
    { highWaterMark: 0 },
  )
}
