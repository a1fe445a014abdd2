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
