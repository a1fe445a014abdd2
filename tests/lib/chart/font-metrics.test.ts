import { expect, test } from 'bun:test'
import { Resvg } from '@resvg/resvg-js'
import { FONT_FILES, textWidth, truncateText } from '../../../lib/chart/font-metrics.ts'

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

test('a cut text is the longest that fits, however long it was', () => {
  for (const text of ['x'.repeat(32_767), 'il'.repeat(16_000), 'Um nome com espaços '.repeat(1_600)]) {
    const cut = truncateText(text, 100, 13)
    expect(textWidth(cut, 13)).toBeLessThanOrEqual(100)
    const next = text.slice(0, text.indexOf(' ', cut.length) === -1 ? cut.length : cut.length + 1)
    expect(textWidth(`${next.trimEnd()}…`, 13)).toBeGreaterThan(100 - 13)
  }
  expect(truncateText('xyz', 1, 13)).toBe('x…')
})
