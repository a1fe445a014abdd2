/** ReadableStream.from, which Bun has and its types do not. */
export function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const { from } = ReadableStream as unknown as { from(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> }
  return from.call(ReadableStream, chunks)
}
