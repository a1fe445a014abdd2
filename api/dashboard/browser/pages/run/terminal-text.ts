/** Texts that were written for a terminal: their colours as marks, and no other sequence (ECMA-48). */
import { withoutEscapes } from '../../../../../lib/readable.ts'

export interface Coloured {
  text: string
  /** Names of classes, or ''. */
  look: string
}

const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']

/** The text in pieces of one colour each. */
export function coloured(text: string): Coloured[] {
  const pieces: Coloured[] = []
  let [colour, isBold] = ['', false]
  const add = (part: string) => {
    const plain = withoutEscapes(part)
    const look = [colour && `ansi-${colour}`, isBold && 'ansi-bold'].filter(Boolean).join(' ')
    const last = pieces.at(-1)
    if (plain === '') return
    if (last?.look === look) last.text += plain
    else pieces.push({ text: plain, look })
  }
  let from = 0
  for (const match of text.matchAll(/\u001b\[([\d;]*)m/g)) {
    add(text.slice(from, match.index))
    from = match.index + match[0].length
    const codes = match[1]!.split(';').map(Number)
    for (let place = 0; place < codes.length; place++) {
      const code = codes[place]!
      if (code === 0) [colour, isBold] = ['', false]
      else if (code === 1) isBold = true
      else if (code === 22) isBold = false
      else if (code === 39) colour = ''
      else if (code >= 30 && code <= 37) colour = COLOURS[code - 30]!
      else if (code >= 90 && code <= 97) colour = COLOURS[code - 90]!
      // One of 256 colours, or of all: not ours; nor is their number another code.
      else if (code === 38 || code === 48) place += codes[place + 1] === 5 ? 2 : 4
    }
  }
  add(text.slice(from))
  return pieces
}
