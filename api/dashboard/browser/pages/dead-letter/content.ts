/** What a letter's bytes are shown as. */

/** JSON with a line for each value, its numbers and texts as they came; null for what is no JSON. */
export function formattedJson(text: string): string | null {
  try {
    JSON.parse(text)
  } catch {
    return null
  }
  let depth = 0
  let out = ''
  const line = () => `\n${'  '.repeat(depth)}`
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]\s*[\]}]|[[\]{},:]|[^\s[\]{},:"]+/g)) {
    if (token === '{' || token === '[') {
      depth++
      out += token + line()
    } else if (token === '}' || token === ']') {
      depth--
      out += line() + token
    } else if (token === ',') out += token + line()
    else if (token === ':') out += ': '
    else out += /^[[{]/.test(token) ? `${token[0]}${token.at(-1)}` : token
  }
  return out
}

/**
 * Control characters as the signs that Unicode has for them, and what changes the direction or the look of others as its code: nothing
 * in a letter hides, or moves what stands beside it.
 */
export const visible = (text: string): string =>
  text.replaceAll(/[^\P{C}\t\n\r]/gu, (one) => {
    const code = one.codePointAt(0)!
    if (code < 0x20) return String.fromCodePoint(0x2400 + code)
    return code === 0x7f ? '\u2421' : `\u27e8U+${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`
  })

export const bytesOf = ({ encoding, text }: { encoding: string; text: string }): Uint8Array =>
  encoding === 'utf8' ? new TextEncoder().encode(text) : Uint8Array.from(atob(text), (one) => one.charCodeAt(0))

const ROW = 16

/** As hexdump writes it: where, sixteen bytes, and what of them is plain ASCII. */
export function hexOf(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += ROW) {
    const row = [...bytes.subarray(at, at + ROW)]
    const hex = row.map((byte, nth) => `${nth === ROW / 2 ? ' ' : ''}${byte.toString(16).padStart(2, '0')}`).join(' ')
    const plain = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(ROW * 3)}  ${plain}`)
  }
  return lines.join('\n')
}
