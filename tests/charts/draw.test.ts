import { expect, setDefaultTimeout, test } from 'bun:test'
import { Resvg } from '@resvg/resvg-js'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { draw } from '../../charts/draw.ts'
import { textWidth } from '../../lib/chart/font-metrics.ts'
import { FONT_FILES } from '../../lib/chart/fonts.ts'
import { FIXTURES, makeSheet, requestFor } from '../kit/make-workbook.ts'

setDefaultTimeout(120_000)

/** Pixels darker than a grey, in a part of the SVG drawn at its own size. */
function darkPixels(svg: string, area: { top: number; bottom: number }, fontFiles = FONT_FILES): number {
  const { pixels, width } = new Resvg(svg, { font: { loadSystemFonts: false, fontFiles } }).render()
  let dark = 0
  for (let at = area.top * width * 4; at < area.bottom * width * 4; at += 4)
    if (pixels[at + 3]! > 0 && pixels[at]! + pixels[at + 1]! + pixels[at + 2]! < 300) dark++
  return dark
}

const TITLE = { top: 20, bottom: 60 }

test.each(readdirSync(FIXTURES).filter((name) => name.endsWith('.xlsx')))(
  '%s becomes a picture with text in it',
  async (name) => {
    const { png, svg } = await draw(requestFor(join(FIXTURES, name)))
    const bytes = Buffer.from(png)
    expect(bytes.toString('latin1', 1, 4)).toBe('PNG')
    expect(bytes.readUInt32BE(16)).toBe(1920)
    expect(bytes.readUInt32BE(20)).toBeGreaterThanOrEqual(1080)
    expect(bytes.readUInt32BE(20)).toBeLessThan(2200)
    // Only the fonts can have put something dark where the title is.
    expect(darkPixels(svg, TITLE)).toBeGreaterThan(400)
    expect(darkPixels(svg, TITLE, [])).toBe(0)
  },
)

test('names below bars never run into each other', async () => {
  const names = [
    'Embalagens industriais',
    'Embalagens para alimentos',
    'Serviços de impressão',
    'Outros produtos e serviços',
  ]
  for (const count of [2, 3, 4]) {
    const rows = names.slice(0, count).map((name, at) => [name, 10 + at])
    const { svg } = await draw(requestFor(await makeSheet([['Unidade', 'Valor'], ...rows])))
    const labels = [
      ...svg.matchAll(
        /text-anchor="middle" transform="translate\(([\d.]+),16\)"[^>]*fill="#52606d"[^>]*>(.*?)<\/text>/g,
      ),
    ].map(([, x, text]) => {
      const lines = text!.split('</tspan>').map((line) => line.replace(/<[^>]*>/g, ''))
      return { x: Number(x), half: Math.max(...lines.map((line) => textWidth(line, 12.5))) / 2 }
    })
    expect(labels).toHaveLength(count)
    for (const [at, label] of labels.slice(1).entries())
      expect(label.x - label.half).toBeGreaterThan(labels[at]!.x + labels[at]!.half)
  }
})

test('a picture is the same whenever it is drawn', async () => {
  const request = requestFor(join(FIXTURES, 'sales-estimate.xlsx'))
  expect((await draw(request)).svg).toBe((await draw(request)).svg)
})

test('a name cannot smuggle markup into the picture', async () => {
  const path = await makeSheet([
    ['Loja', 'Vendas'],
    ['<script>alert(1)</script>', 1],
    ['A & B "C"', 2],
  ])
  const { svg } = await draw(requestFor(path))
  expect(svg).not.toContain('<script')
  expect(svg).toContain('A &amp; B')
})
