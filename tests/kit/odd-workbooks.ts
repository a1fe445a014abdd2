/** Workbooks as other programs than Excel write them: legal, and odd. Each is made of its parts in XML. */
import { makeZip } from './make-zip.ts'

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

export type Parts = Record<string, string | Uint8Array>
export const BOOK = 'xl/workbook.xml'
export const SHEET = 'xl/worksheets/sheet1.xml'

export const sheetXml = (rows: string, { before = '', after = '' } = {}) =>
  `<?xml version="1.0"?><worksheet xmlns="${MAIN}" xmlns:r="${RELATIONS}">${before}<sheetData>${rows}</sheetData>${after}</worksheet>`

export const bookXml = (sheets: string, { before = '', after = '' } = {}) =>
  `<?xml version="1.0"?><workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}">${before}<sheets>${sheets}</sheets>${after}</workbook>`

export const relationsXml = (relations: [id: string, type: string, target: string][]) =>
  `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${relations
    .map(([id, type, target]) => `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`)
    .join('')}</Relationships>`

/** Style 1 has the first of the formats. */
export const stylesXml = (formats: string[]) =>
  `<?xml version="1.0"?><styleSheet xmlns="${MAIN}"><numFmts>${formats
    .map((code, at) => `<numFmt numFmtId="${200 + at}" formatCode="${code.replaceAll('"', '&quot;')}"/>`)
    .join(
      '',
    )}</numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${formats.map((_, at) => `<xf numFmtId="${200 + at}"/>`).join('')}</cellXfs></styleSheet>`

export const stringsXml = (items: string) => `<?xml version="1.0"?><sst xmlns="${MAIN}">${items}</sst>`

export const tableXml = (attributes: string, columns: string[]) =>
  `<?xml version="1.0"?><table xmlns="${MAIN}" id="1" name="T" displayName="Vendas" ${attributes}><autoFilter ref="A1:B2"/><tableColumns count="${columns.length}">${columns.map((name, at) => `<tableColumn id="${at + 1}" name="${name}"/>`).join('')}</tableColumns></table>`

export const text = (reference: string, value: string) =>
  `<c r="${reference}" t="inlineStr"><is><t>${value}</t></is></c>`
export const number = (reference: string, value: string | number, style = 0) =>
  `<c r="${reference}" s="${style}"><v>${value}</v></c>`

/** One sheet called `a`, with other parts as given; undefined takes a part out. */
export function workbookParts(sheet: string | Uint8Array, others: Parts = {}): Parts {
  return {
    '[Content_Types].xml': '<Types/>',
    '_rels/.rels': relationsXml([['rId1', 'officeDocument', BOOK]]),
    [BOOK]: bookXml('<sheet name="a" sheetId="1" r:id="rId1"/>'),
    'xl/_rels/workbook.xml.rels': relationsXml([
      ['rId1', 'worksheet', 'worksheets/sheet1.xml'],
      ['rId2', 'sharedStrings', 'sharedStrings.xml'],
      ['rId3', 'styles', 'styles.xml'],
    ]),
    [SHEET]: sheet,
    ...others,
  }
}

export const LOJA = `<row r="1">${text('A1', 'Loja')}${text('B1', 'Preço')}</row><row r="2">${text('A2', 'Sé')}${number('B2', 5)}</row>`
const loja = () => workbookParts(sheetXml(LOJA)) as Record<string, string>
const changed = (change: (xml: string, part: string) => string) =>
  Object.fromEntries(Object.entries(loja()).map(([part, xml]) => [part, change(xml, part)]))
const withSheet = (sheet: string | Uint8Array) => makeZip(workbookParts(sheet))

/** `<x:row>`, as Open XML SDK writes each element. */
const prefixed = (xml: string) => xml.replace(/<(\/?)(?![?!])/g, '<$1x:').replaceAll('xmlns="', 'xmlns:x="')
const utf16 = (xml: string) => Buffer.from(`\ufeff${xml.replace('?>', ' encoding="UTF-16"?>')}`, 'utf16le')
const withoutPlaces = (xml: string) => xml.replace(/<(row|c) r="\w+"/g, '<$1')

/** Each holds `Loja | Preço`, `Sé | 5` in A1:B2 of the sheet `a`. */
export const ODD_WORKBOOKS: Record<string, () => Uint8Array> = {
  'prefixed elements': () => makeZip(changed((xml, part) => (part.endsWith('.rels') ? xml : prefixed(xml)))),
  'prefixed elements, relations too': () => makeZip(changed((xml) => prefixed(xml))),
  'a prefix of its own for each relation, as Open XML SDK makes them up': () =>
    makeZip(
      changed((xml) =>
        xml.replace('r:id="rId1"', `d3p1:id="R1c8e" xmlns:d3p1="${RELATIONS}"`).replace('Id="rId1"', 'Id="R1c8e"'),
      ),
    ),
  'cells without a place': () => withSheet(sheetXml(LOJA.replace(/<c r="\w+"/g, '<c'))),
  'rows without a place': () => withSheet(sheetXml(LOJA.replace(/<row r="\w+"/g, '<row'))),
  'neither rows nor cells with a place': () => withSheet(sheetXml(withoutPlaces(LOJA))),
  'rows in disorder': () => withSheet(sheetXml(LOJA.replace(/(<row r="1">.*<\/row>)(<row r="2">.*<\/row>)/, '$2$1'))),
  'UTF-16': () => withSheet(utf16(sheetXml(LOJA))),
  'UTF-16, the other way round': () => withSheet(utf16(sheetXml(LOJA)).swap16()),
  'UTF-16 in every part': () =>
    makeZip(Object.fromEntries(Object.entries(loja()).map(([part, xml]) => [part, utf16(xml)]))),
  'Windows-1252': () => withSheet(Buffer.from(sheetXml(LOJA).replace('?>', ' encoding="windows-1252"?>'), 'latin1')),
  'a mark of UTF-8': () => withSheet(`\ufeff${sheetXml(LOJA)}`),
  'backslashes in names': () =>
    makeZip(Object.fromEntries(Object.entries(loja()).map(([part, xml]) => [part.replaceAll('/', '\\'), xml]))),
  'names in other letters': () =>
    makeZip(
      Object.fromEntries(
        Object.entries(loja()).map(([part, xml]) => [part === SHEET ? 'xl/Worksheets/Sheet1.XML' : part, xml]),
      ),
    ),
  'parts in other places': () =>
    makeZip({
      '_rels/.rels': relationsXml([['a', 'officeDocument', '/book/main.xml']]),
      'book/main.xml': loja()[BOOK]!,
      'book/_rels/main.xml.rels': relationsXml([['rId1', 'worksheet', '../other/a%20b.xml']]),
      'other/a b.xml': loja()[SHEET]!,
    }),
  'the strict form': () =>
    makeZip(
      changed((xml) =>
        xml
          .replaceAll(MAIN, 'http://purl.oclc.org/ooxml/spreadsheetml/main')
          .replaceAll(RELATIONS, 'http://purl.oclc.org/ooxml/officeDocument/relationships'),
      ),
    ),
  'a table mapped to XML': () =>
    makeZip({
      ...workbookParts(sheetXml(LOJA, { after: '<tableParts count="1"><tablePart r:id="rId1"/></tableParts>' })),
      'xl/worksheets/_rels/sheet1.xml.rels': relationsXml([['rId1', 'table', '../tables/table1.xml']]),
      'xl/tables/table1.xml': tableXml('ref="A1:B2" tableType="xml" connectionId="1"', ['Loja', 'Preço']).replace(
        '<tableColumn id="1" name="Loja"/>',
        '<tableColumn id="1" uniqueName="Loja" name="Loja"><xmlColumnPr mapId="1" xpath="/a/b" xmlDataType="string"/></tableColumn>',
      ),
      'xl/xmlMaps.xml': '<MapInfo SelectionNamespaces=""/>',
    }),
  'single quotes, blanks and comments': () =>
    withSheet(sheetXml(LOJA.replaceAll('"', "'").replaceAll('<row ', '<!-- <row> --><row\n').replaceAll('r=', 'r = '))),
  'texts as CDATA and entities': () =>
    withSheet(
      sheetXml(LOJA.replace('Loja', 'L<![CDATA[oj]]>a').replace('Preço', 'Pre&#231;o').replace('Sé', 'S&#xE9;')),
    ),
  'extensions that look like cells': () =>
    withSheet(sheetXml(LOJA, { after: `<extLst><ext><row r="3">${number('A3', 1)}</row></ext></extLst>` })),
}
