/** Texts in other scripts, as resvg draws them. */
import { expect, test } from 'bun:test'
import { PNG } from 'pngjs'
import { renderPng } from '../../../lib/chart/render.ts'

/** How much of the picture is dark. */
function inkOf(text: string, anchor = 'start'): number {
  const png = renderPng(
    `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="60"><text text-anchor="${anchor}" transform="translate(${anchor === 'start' ? 10 : 300},40)" font-family="Inter" font-size="30px" fill="#000">${text}</text></svg>`,
  )
  const { data } = PNG.sync.read(Buffer.from(png))
  let ink = 0
  for (let at = 0; at < data.length; at += 4) ink += 255 - data[at]!
  return ink
}

test('a word is drawn as it is alone, whatever stands beside it', () => {
  const after = ' · 北京 2025'
  const before = inkOf('A &amp; B ') + inkOf(after)
  for (const word of ['दिल्ली', 'कर्मचारी', '서울', 'กรุงเทพ', '👩‍🚀', '🇧🇷', '👍🏽', 'دبي']) {
    const share = inkOf(`A &amp; B ${word}${after}`, 'middle') / (before + inkOf(word))
    expect([word, Math.abs(share - 1) < 0.04 ? 'as alone' : share]).toEqual([word, 'as alone'])
  }
})
