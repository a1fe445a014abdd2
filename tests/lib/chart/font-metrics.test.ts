import { expect, test } from 'bun:test'
import { Resvg } from '@resvg/resvg-js'
import { textWidth, truncateText, wrapText } from '../../../lib/chart/font-metrics.ts'
import { fontFilesOf } from '../../../lib/chart/fonts.ts'

test('texts are as wide as they will be drawn', () => {
  const texts: Array<[text: string, size: number, bold: boolean]> = [
    ['Faturamento por mês', 21, true],
    ['Ação, coração; 1.234,56', 13, false],
    ['Россия', 13, false],
    ['北京市 おおさか', 13, false],
    ['서울', 13, true],
    ['กรุงเทพมหานคร', 13, false],
    ['Tiê\u0301ng Z\u0303', 13, false],
  ]
  for (const [text, size, bold] of texts) {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="50"><text y="30" font-family="Inter" font-size="${size}" font-weight="${bold ? 600 : 400}">${text}</text></svg>`
    const box = new Resvg(svg, { font: { loadSystemFonts: false, fontFiles: fontFilesOf(text) } }).getBBox()!
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

test('a letter is never cut from its accents, nor an emoji into its parts', () => {
  expect(truncateText('👩‍🚀👩‍🚀👩‍🚀👩‍🚀👩‍🚀', 40, 13)).toBe('👩‍🚀…')
  expect(truncateText('Z\u0303Z\u0303Z\u0303Z\u0303', 25, 13)).toBe('Z\u0303…')
})

test('lines break at spaces, between East Asian characters, and within a long word only where they may', () => {
  expect(wrapText('Embalagens para alimentos', 110, 3, 13)).toEqual(['Embalagens para', 'alimentos'])
  expect(wrapText('東京本社営業部、大阪支店', 60, 3, 13)).toEqual(['東京本社', '営業部、', '大阪支店'])
  expect(wrapText('x'.repeat(20), 80, 3, 13)).toHaveLength(1)
  const anywhere = wrapText('x'.repeat(20), 80, 3, 13, { anywhere: true })
  expect(anywhere.join('')).toBe('x'.repeat(20))
  for (const line of anywhere) expect(textWidth(line, 13)).toBeLessThanOrEqual(80)
})
