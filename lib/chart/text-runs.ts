/**
 * Sets apart the parts of a text that need fonts of their own, each at its place. resvg takes the glyphs of several fonts for one text only
 * where all fonts have as many: a flag or a Hindi word beside other letters would turn into boxes, and letters of Hindi would overlap.
 */
import { graphemesOf, textWidth } from './font-metrics.ts'
import { familyOf } from './fonts.ts'

const DEVANAGARI = /\p{Script=Devanagari}/u
/** Emoji of several parts. */
const JOINED = /[\u200d\ufe0f\u20e3\p{Emoji_Modifier}\p{Regional_Indicator}]/u

export function setApart(svg: string): string {
  if (!DEVANAGARI.test(svg) && !JOINED.test(svg)) return svg
  return svg.replace(/<text([^>]*)>(.*?)<\/text>/gs, (whole, written: string, content: string) => {
    if (!DEVANAGARI.test(content) && !JOINED.test(content)) return whole
    const attribute = (name: string) => written.match(new RegExp(` ${name}="([^"]*)"`))?.[1]
    const size = Number.parseFloat(attribute('font-size') ?? '12')
    const weight = attribute('font-weight') ?? '400'
    const is_bold = weight === 'bold' || Number(weight) >= 600
    const share = { middle: 0.5, end: 1 }[attribute('text-anchor') ?? ''] ?? 0
    const place = (text: string) => {
      const width = (of: string) => textWidth(decoded(of), size, is_bold)
      let x = -share * width(text)
      return runsOf(text).map((run) => {
        const tspan = `<tspan x="${x.toFixed(2)}">${run}</tspan>`
        x += width(run)
        return tspan
      })
    }
    // Every second part is a tag.
    const placed = content.split(/(<[^<>]*>)/).flatMap((part, at) => (at % 2 === 1 || part === '' ? part : place(part)))
    return `<text${written.replace(/ text-anchor="[^"]*"/, '')} xml:space="preserve">${placed.join('')}</text>`
  })
}

/** Neighbours of one font together, but each letter of Hindi by itself. */
function runsOf(text: string): string[] {
  const runs: string[] = []
  let last: string | undefined
  for (const grapheme of graphemesOf(text)) {
    const family = familyOf(grapheme)
    if (runs.length > 0 && family === last && !DEVANAGARI.test(grapheme)) runs.push(runs.pop()! + grapheme)
    else runs.push(grapheme)
    last = family
  }
  return runs
}

const decoded = (text: string) => text.replace(/&(amp|lt|gt|quot);/g, '-')
