/**
 * Bodies that are ready only after a wait, as after a query. When such a body does not fit into Bun's send buffer of
 * 16 KiB together with the headers, Bun 1.4.5 makes a system call of every name and value of the headers: some 50, which
 * take ten times as long as the body (oven-sh/bun#41341 is to mend it). As a stream of two pieces it leaves in a few.
 */

/** With room for the headers. */
const FITS_BYTES = 12 * 1024

/** `bytes` as the body of a Response. */
export function longBody(bytes: Uint8Array<ArrayBuffer>): Bun.BodyInit {
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
