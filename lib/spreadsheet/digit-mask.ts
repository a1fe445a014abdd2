/** Number formats that write a number as a code is written: `00000`, `00000\-000`, `[<=99999999]0000-0000;(00) 00000-0000`. */

export interface DigitMask {
  /** The largest number that it is for. */
  up_to: number
  /** Digits that are written at least; of those beyond, zeros in front are not. */
  least: number
  /** What stands before, between and behind the digits: one more than these. */
  pieces: string[]
}

/** None where the format writes quantities: with a decimal mark, groups of thousands, or a unit behind the digits. */
export function readMasks(code: string): DigitMask[] {
  const [first = '', second] = code.split(';')
  const condition = /\[(<=?)(\d+)\]/.exec(first)
  if (!condition) return /\[[<>=]/.test(first) ? [] : maskOf(first, Infinity)
  const up_to = Number(condition[2]) - (condition[1] === '<' ? 1 : 0)
  return [...maskOf(first, up_to), ...maskOf(second ?? '', Infinity)]
}

/** As the format shows it; undefined where that is the plain number, or no code. */
export function masked(number: number, masks: DigitMask[]): string | undefined {
  if (!Number.isSafeInteger(number) || number < 0) return undefined
  const mask = masks.find(({ up_to }) => number <= up_to)
  if (!mask) return undefined
  const [before = '', ...behind] = mask.pieces
  const written = String(number).padStart(mask.least, '0')
  const lacking = behind.length - written.length
  if (lacking > 0 && behind.some((piece) => piece !== '')) return undefined
  // More digits than places come before the first.
  const surplus = written.slice(0, Math.max(0, -lacking))
  const digits = written.slice(surplus.length)
  const shown = before + surplus + [...digits].map((digit, at) => digit + (lacking > 0 ? '' : behind[at]!)).join('')
  return shown === String(number) ? undefined : shown
}

const TOKENS = /"([^"]*)"|\\(.)|\[[^[\]]*\]|[_*].|([0#])|(.)/gs

function maskOf(section: string, up_to: number): DigitMask[] {
  const pieces = ['']
  let least = 0
  for (const [, quoted, escaped, digit, bare] of section.matchAll(TOKENS)) {
    if (digit) {
      pieces.push('')
      if (digit === '0') least++
    } else if (bare !== undefined && !/[-():\s]/.test(bare)) return []
    else pieces[pieces.length - 1] += quoted ?? escaped ?? bare ?? ''
  }
  const is_divided = pieces.slice(1, -1).some((piece) => piece.trim() !== '')
  return pieces.length > 2 && pieces.at(-1) === '' && (least >= 2 || is_divided) ? [{ up_to, least, pieces }] : []
}
