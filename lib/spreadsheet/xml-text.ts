/** Text of an XML part that was scanned as Latin-1, byte by byte: its UTF-8, entities and line ends are read here. */

/** Of an element or an attribute. */
export function decodeXmlText(scanned: string): string {
  let text = scanned
  if (BEYOND_ASCII.test(text)) text = Buffer.from(text, 'latin1').toString('utf8')
  if (text.includes('\r')) text = text.replace(/\r\n?/g, '\n')
  return text.includes('&')
    ? text.replace(ENTITY, (entity, name: string) => NAMED[name] ?? numbered(name) ?? entity)
    : text
}

/** `_x000D_`: as Excel writes characters that XML does not take. */
export function decodeEscapes(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(/_x([0-9a-f]{4})_/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

/** Of the bytes of a part: what its mark, its zero bytes or its declaration say; UTF-8 otherwise. */
export function encodingOfXml(start: Buffer): string {
  const [first, second] = start
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (second === 0) return 'utf-16le'
  if (first === 0) return 'utf-16be'
  return (
    /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)/.exec(start.toString('latin1', 0, 200))?.[1]?.toLowerCase() ?? 'utf-8'
  )
}

const BEYOND_ASCII = /[\u0080-\u00ff]/
const ENTITY = /&(#?\w+);/g
const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function numbered(name: string): string | undefined {
  const code = /^#x[\da-f]+$/i.test(name)
    ? Number.parseInt(name.slice(2), 16)
    : /^#\d+$/.test(name)
      ? Number(name.slice(1))
      : undefined
  return code !== undefined && code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}
