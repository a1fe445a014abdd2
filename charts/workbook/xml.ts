/**
 * A small streaming XML scanner for the parts of a workbook: it is fed text in chunks and reports elements by their
 * local name, so that a prefix (ClosedXML writes `<x:row>`) makes no difference. It knows no DTD: an entity that is not
 * one of the five predefined or numeric ones stays as written, so nothing can expand.
 */
import { Refusal } from '../refusal.ts'

export interface XmlHandler {
  /** `attributes` is the raw text after the name; read it with `attribute()`. */
  open(name: string, attributes: string): void
  close(name: string): void
  /** Character data, entities already replaced. */
  text(text: string): void
}

/** A cell holds at most 32,767 characters; a token far beyond that is no workbook of anybody's. */
const LONGEST_TOKEN = 4 * 1024 * 1024

export function xmlScanner(handler: XmlHandler) {
  let rest = ''

  function write(chunk: string): void {
    const text = rest === '' ? chunk : rest + chunk
    const used = scan(text, handler)
    rest = used === text.length ? '' : text.slice(used)
    if (rest.length > LONGEST_TOKEN) throw new Refusal('damaged', { part: 'xml' })
  }

  return {
    write,
    end(): void {
      if (rest.trim() !== '') throw new Refusal('damaged', { part: 'xml' })
    },
  }
}

/** Reports every complete token in `text`; returns how many characters they took. */
function scan(text: string, handler: XmlHandler): number {
  let at = 0
  for (;;) {
    const open = text.indexOf('<', at)
    if (open === -1) return at
    const next = text.charCodeAt(open + 1)
    if (next === EXCLAMATION || next === QUESTION) {
      const special = specialEnd(text, open)
      if (special === undefined) return emitText(text, at, open, handler)
      emitText(text, at, open, handler)
      if (special.cdata !== undefined) handler.text(special.cdata)
      at = special.end
      continue
    }
    const end = tagEnd(text, open + 1)
    if (end === -1) return emitText(text, at, open, handler)
    emitText(text, at, open, handler)
    if (next === SLASH) handler.close(localName(text.slice(open + 2, end).trim()))
    else emitElement(text.slice(open + 1, end), handler)
    at = end + 1
  }
}

function emitText(text: string, from: number, to: number, handler: XmlHandler): number {
  if (to > from) handler.text(decodeEntities(text.slice(from, to)))
  return to
}

function emitElement(tag: string, handler: XmlHandler): void {
  const empty = tag.charCodeAt(tag.length - 1) === SLASH
  const inner = empty ? tag.slice(0, -1) : tag
  let nameEnd = 0
  while (nameEnd < inner.length && inner.charCodeAt(nameEnd) > SPACE) nameEnd++
  const name = localName(inner.slice(0, nameEnd))
  handler.open(name, inner.slice(nameEnd))
  if (empty) handler.close(name)
}

/** Where the tag's `>` is; one inside a quoted attribute does not count. -1 when it has not arrived. */
function tagEnd(text: string, from: number): number {
  let quote = 0
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (quote !== 0) {
      if (code === quote) quote = 0
    } else if (code === GREATER) return at
    else if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) quote = code
  }
  return -1
}

/** Comment, CDATA, declaration or processing instruction that starts at `from`; undefined when it has not all arrived. */
function specialEnd(text: string, from: number): { end: number; cdata?: string } | undefined {
  for (const [start, stop] of SPECIALS) {
    if (!text.startsWith(start, from)) {
      if (start.startsWith(text.slice(from))) return undefined
      continue
    }
    const end = text.indexOf(stop, from + start.length)
    if (end === -1) return undefined
    if (start === '<![CDATA[') return { end: end + stop.length, cdata: text.slice(from + start.length, end) }
    return { end: end + stop.length }
  }
  return undefined
}

const SPECIALS = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
  ['<!', '>'],
] as const

function localName(name: string): string {
  const colon = name.indexOf(':')
  return colon === -1 ? name : name.slice(colon + 1)
}

const patterns = new Map<string, RegExp>()

/** The value of an attribute, with or without a prefix on its name. */
export function attribute(attributes: string, name: string): string | undefined {
  let pattern = patterns.get(name)
  if (!pattern) {
    pattern = new RegExp(`(?:^|[\\s:])${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`)
    patterns.set(name, pattern)
  }
  const found = pattern.exec(attributes)
  if (!found) return undefined
  return decodeEntities(found[1] ?? found[2] ?? '')
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, entity: string) => {
    if (!entity.startsWith('#')) return NAMED[entity] ?? whole
    const hex = entity[1] === 'x' || entity[1] === 'X'
    const code = Number.parseInt(entity.slice(hex ? 2 : 1), hex ? 16 : 10)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ''
  })
}

const SPACE = 32
const EXCLAMATION = 33
const DOUBLE_QUOTE = 34
const SINGLE_QUOTE = 39
const SLASH = 47
const GREATER = 62
const QUESTION = 63
