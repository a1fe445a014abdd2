import { expect, setDefaultTimeout, test } from 'bun:test'
import { Resvg } from '@resvg/resvg-js'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { draw } from '../../charts/draw.ts'
import { FONT_FILES, textWidth, truncateText } from '../../lib/chart/font-metrics.ts'
import { numberTexts } from '../../lib/chart/number-text.ts'
import { FIXTURES, makeSheet, requestFor } from './make-workbook.ts'

setDefaultTimeout(30_000)

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

test('texts are as wide as they will be drawn', () => {
  const texts: Array<[text: string, size: number, bold: boolean]> = [
    ['Faturamento por mês', 21, true],
    ['Ação, coração; 1.234,56', 13, false],
    ['Россия', 13, false],
  ]
  for (const [text, size, bold] of texts) {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="50"><text y="30" font-family="Inter" font-size="${size}" font-weight="${bold ? 600 : 400}">${text}</text></svg>`
    const box = new Resvg(svg, { font: { loadSystemFonts: false, fontFiles: FONT_FILES } }).getBBox()!
    expect(Math.abs(textWidth(text, size, bold) - box.width)).toBeLessThan(size / 3)
  }
  const cut = truncateText('Unidade de embalagens para alimentos', 100, 13)
  expect(cut).toEndWith('…')
  expect(textWidth(cut, 13)).toBeLessThanOrEqual(100)
})

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

test('numbers are written as their reader does', () => {
  const brl = numberTexts('pt-BR', { kind: 'money', currency: 'R$' }, 2_000_000, 500_000)
  expect(brl.tick(1_500_000)).toBe('R$ 1,5\u00a0mi')
  expect(brl.label(1_234_567)).toBe('R$ 1,23\u00a0mi')
  expect(numberTexts('pt-BR', { kind: 'percent', fraction: true }, 0.5, 0.1).label(0.125)).toBe('12,5%')
  expect(numberTexts('en', { kind: 'money', currency: '$' }, 900, 100).label(-12.5)).toBe('−$12.50')
  expect(numberTexts('pt-BR', { kind: 'plain' }, 5000, 1000).label(1234)).toBe('1.234')
})

test.each([
  [{ kind: 'money', currency: 'R$' }, 12.5, 2.5, 'R$ 7,50'],
  [{ kind: 'money', currency: 'R$' }, 50, 10, 'R$ 30'],
  [{ kind: 'plain' }, 12.5, 2.5, '7,5'],
  [{ kind: 'plain' }, 1.25, 0.25, '0,75'],
  [{ kind: 'plain' }, 0.5, 0.1, '0,3'],
  [{ kind: 'percent', fraction: true }, 0.125, 0.025, '7,5%'],
  [{ kind: 'plain' }, 12_500, 2_500, '7,5\u00a0mil'],
] as const)('a tick of %p up to %d in steps of %d is the number that it stands for', (unit, largest, step, third) => {
  expect(numberTexts('pt-BR', unit, largest, step).tick(3 * step)).toBe(third)
})

test('ticks that lie close together far from zero are told apart', () => {
  const { tick } = numberTexts('pt-BR', { kind: 'plain' }, 10_010, 2)
  expect([10_000, 10_002, 10_010].map(tick)).toEqual(['10.000', '10.002', '10.010'])
})
