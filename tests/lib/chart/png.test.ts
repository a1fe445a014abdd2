/** PNGs with a palette, read back by resvg. */
import { expect, test } from 'bun:test'
import { Resvg } from '@resvg/resvg-js'
import { encodePng } from '../../../lib/chart/png.ts'

/** RGBA, row by row. */
function pixelsOf(width: number, height: number, colourAt: (at: number) => [number, number, number]): Uint8Array {
  return Uint8Array.from(Array.from({ length: width * height }, (_, at) => [...colourAt(at), 255]).flat())
}

function readBack(png: Uint8Array, width: number, height: number): Uint8Array {
  const data = Buffer.from(png).toString('base64')
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><image width="${width}" height="${height}" image-rendering="pixelated" href="data:image/png;base64,${data}"/></svg>`
  return new Uint8Array(new Resvg(svg).render().pixels)
}

test('256 colours come back as they were', () => {
  const pixels = pixelsOf(64, 33, (at) => [at % 256, 0, 255 - (at % 256)])
  const png = encodePng(pixels, 64, 33)!
  expect(readBack(png, 64, 33)).toEqual(pixels)
})

test('more colours than a palette holds are left to others', () => {
  const pixels = pixelsOf(257, 1, (at) => [at % 256, at >> 8, 0])
  expect(encodePng(pixels, 257, 1)).toBeUndefined()
  expect(encodePng(pixels.subarray(0, 256 * 4), 256, 1)).toBeDefined()
})
