/**
 * Works round oven-sh/bun#41341. When an awaited answer does not fit into Bun's send buffer of 16 KiB together with its
 * headers, Bun 1.4.5 makes a system call for every name and value of the headers: some 50, which take ten times as long as
 * the body. A stream of two pieces needs a few.
 */

/** Leaves room for the headers. */
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
