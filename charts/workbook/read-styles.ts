/** Reads what cells' styles and shared strings refer to, before any sheet is read. */
import type { CellFormat } from './cells.ts'
import { readNumberFormat } from './number-format.ts'
import type { WorkbookPackage } from './open-package.ts'
import { attribute, xmlScanner, type XmlHandler } from './xml.ts'

/** The format of each cell style, by the style's index. */
export async function readStyles(parts: WorkbookPackage, name: string | undefined): Promise<CellFormat[]> {
  const codes = new Map<number, string>()
  const styles: CellFormat[] = []
  let inCellStyles = false
  await scanPart(parts, name, {
    open(element, attributes) {
      if (element === 'numFmt')
        codes.set(Number(attribute(attributes, 'numFmtId')), attribute(attributes, 'formatCode') ?? '')
      else if (element === 'cellXfs') inCellStyles = true
      else if (element === 'xf' && inCellStyles) {
        const id = Number(attribute(attributes, 'numFmtId') ?? 0)
        styles.push(readNumberFormat(id, codes.get(id)))
      }
    },
    close(element) {
      if (element === 'cellXfs') inCellStyles = false
    },
    text() {},
  })
  return styles
}

/** The texts that cells of type `s` point to, by index; phonetic readings left out. */
export async function readSharedStrings(parts: WorkbookPackage, name: string | undefined): Promise<string[]> {
  const strings: string[] = []
  let current = ''
  let inText = false
  let inPhonetic = false
  await scanPart(parts, name, {
    open(element) {
      if (element === 'si') current = ''
      else if (element === 'rPh') inPhonetic = true
      else if (element === 't') inText = !inPhonetic
    },
    close(element) {
      if (element === 'si') strings.push(unescapeText(current))
      else if (element === 'rPh') inPhonetic = false
      else if (element === 't') inText = false
    },
    text(text) {
      if (inText) current += text
    },
  })
  return strings
}

/** Feeds a part to `handler`; a part that is not there is an empty one. */
export async function scanPart(parts: WorkbookPackage, name: string | undefined, handler: XmlHandler): Promise<void> {
  const chunks = name === undefined ? undefined : parts.read(name)
  if (!chunks) return
  const scanner = xmlScanner(handler)
  for await (const chunk of chunks) scanner.write(chunk)
  scanner.end()
}

/** Excel writes control characters as `_x000D_`. */
export function unescapeText(text: string): string {
  if (!text.includes('_x')) return text
  return text.replace(/_x([0-9A-F]{4})_/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
