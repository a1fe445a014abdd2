/**
 * PNG with a palette. A chart has few colours: one byte a pixel makes a file of less than half the size in a third of the time
 * that resvg takes for four.
 */
import { crc32, deflateSync } from 'node:zlib'

const MOST_COLOURS = 256
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

/** Of opaque RGBA pixels, row by row; undefined where they have more than 256 colours. */
export function encodePng(pixels: Uint8Array, width: number, height: number): Uint8Array | undefined {
  const indexed = indexColours(pixels, width, height)
  if (!indexed) return undefined
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // 8 bits a pixel, each an index into the palette.
  header.set([8, 3], 8)
  return Buffer.concat([
    SIGNATURE,
    ...chunk('IHDR', header),
    ...chunk('PLTE', indexed.palette),
    ...chunk('IDAT', deflateSync(indexed.rows)),
    ...chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Each row begins with its filter: none. */
function indexColours(pixels: Uint8Array, width: number, height: number) {
  const colours = new Uint32Array(pixels.buffer, pixels.byteOffset, width * height)
  const rows = Buffer.alloc((width + 1) * height)
  const known = new Map<number, number>()
  let last = -1
  let index = 0
  for (let y = 0, from = 0, to = 0; y < height; y++) {
    to++
    for (let x = 0; x < width; x++) {
      const colour = colours[from++]!
      if (colour !== last) {
        last = colour
        index = known.get(colour) ?? known.size
        if (index === MOST_COLOURS) return undefined
        known.set(colour, index)
      }
      rows[to++] = index
    }
  }
  const bytes = Buffer.from(Uint32Array.from(known.keys()).buffer)
  const palette = Buffer.alloc(known.size * 3)
  for (let at = 0; at < known.size; at++) bytes.copy(palette, at * 3, at * 4, at * 4 + 3)
  return { rows, palette }
}

function chunk(type: string, data: Uint8Array): Uint8Array[] {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const typed = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(typed))
  return [length, typed, sum]
}
