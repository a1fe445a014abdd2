/**
 * The worst files that we could think of, each within 25 MB (the default of MAX_UPLOAD_MB). Every one has to be answered
 * within a few seconds with a sentence, whoever reads it.
 */
import { makeZip } from './make-zip.ts'

export const UPLOAD_BYTES = 25 * 1024 * 1024

type Files = Record<string, () => Uint8Array>

const HEADER = 'sku,name,material,kind,unit_cost,currency,stock,recyclable,tags\n'
const row = (cells: Partial<Record<'sku' | 'name' | 'unit_cost' | 'stock' | 'recyclable' | 'tags', string>>) =>
  `${cells.sku ?? 'A'},${cells.name ?? 'x'},paper,box,${cells.unit_cost ?? '1'},BRL,${cells.stock ?? '1'},${cells.recyclable ?? 'true'},${cells.tags ?? ''}\n`
/** `head`, and `piece` as often as it fits. */
function filled(head: string, piece: string): Uint8Array {
  const times = Math.floor((UPLOAD_BYTES - Buffer.byteLength(head)) / Buffer.byteLength(piece))
  return Buffer.from(head + piece.repeat(times))
}
/** As `filled`, with a piece that is made anew each time. */
function filledWith(head: string, piece: (at: number) => string): Uint8Array {
  const pieces = [head]
  let left = UPLOAD_BYTES - head.length
  for (let at = 0; left > 0; at++) {
    const next = piece(at)
    left -= Buffer.byteLength(next)
    if (left > 0) pieces.push(next)
  }
  return Buffer.from(pieces.join(''))
}
const long = (text: string, characters = 160_000) => text.repeat(Math.ceil(characters / text.length))
/** Canonical ordering sorts a run of marks; the ones here come in the worst order. */
const MARKS = long('\u0301\u0316\u0334')

export const HOSTILE_CSV: Files = {
  'zeros in a decimal': () => Buffer.from(HEADER + row({ unit_cost: `1.${long('0')}1` })),
  'zeros in every decimal': () => filled(HEADER, row({ unit_cost: `1.${long('0', 100_000)}1` })),
  'digits in a number': () => filled(HEADER, row({ stock: long('9') })),
  'thousands that end wrong': () =>
    filled(HEADER.replaceAll(',', ';'), row({ unit_cost: `1${long('.000')}.0` }).replaceAll(',', ';')),
  'blanks inside a name': () => Buffer.from(HEADER + row({ name: `a${long(' ')}b` })),
  'blanks inside every name': () => filled(HEADER, row({ name: `a${long(' ', 40_000)}b` })),
  'breaks and blanks inside every name': () => filled(HEADER, row({ name: `"a${long('\n ')}b"` })),
  'combining marks in a name': () => filled(HEADER, row({ name: MARKS, recyclable: MARKS })),
  'combining marks in the header': () => Buffer.from(`sku,${MARKS}\na,b\n`),
  'a header of unknown columns': () => filled('sku,', 'x,'),
  'a header of long names': () => Buffer.from(`${`${long('é', 1000)},`.repeat(60)}\n1\n`),
  'a header of semicolons, commas and tabs': () => filled('', 'a;b,c\t'),
  'tags without end': () => filled(HEADER, row({ tags: long('a;') })),
  'only line feeds': () => filled(HEADER, '\n'),
  'only carriage returns': () => filled(HEADER, '\r'),
  '400,000 empty lines': () => Buffer.from(HEADER + '\r\n'.repeat(400_000)),
  'empty lines before the header': () => filled('', '\r\n'),
  'lines of separators': () => filled(HEADER, ',,,,,,,,\n'),
  'lines of blanks': () => filled(HEADER, ' \n'),
  'a million separators in a line': () => Buffer.from(HEADER + ','.repeat(1_000_000)),
  'separators only': () => filled('', ';'),
  'a quote that is never closed': () => filled(`${HEADER}A,"`, 'x'),
  'a quote that is never closed, over lines': () => filled(`${HEADER}A,"`, 'x,y\n'),
  'quotes only': () => filled('', '"'),
  'quoted quotes': () => filled(HEADER, row({ name: `"${long('""', 60_000)}"` })),
  'one letter': () => filled('', 'x'),
  'one blank': () => filled('', ' '),
  'letters in one cell of a row': () => filled(`${HEADER}A,`, 'x'),
  '400,000 rows, each wrong': () => filled(HEADER, row({ name: '', unit_cost: 'x', stock: '-1', recyclable: '?' })),
  '30,000 rows, each wrong': () => Buffer.from(HEADER + row({ name: '', unit_cost: 'x' }).repeat(30_000)),
  'short rows': () => filled(HEADER, 'a\n'),
  'one sku': () => filled(HEADER, row({})),
  'good rows': () => filledWith(HEADER, (at) => row({ sku: `S${at}` })),
  'numbers out of range': () =>
    Buffer.from(
      HEADER +
        ['1e400', '1E5', 'Infinity', 'NaN', '0x10', '-0', '١٢', '99999999999999999999']
          .map((unit_cost) => row({ unit_cost, stock: unit_cost }))
          .join(''),
    ),
  'UTF-16 without a line end': () => Buffer.from(`\ufeff${'a'.repeat(12_000_000)}`, 'utf16le'),
  'UTF-16 cut in a character': () => Buffer.concat([Buffer.from(`\ufeff${HEADER}`, 'utf16le'), Buffer.from([0x41])]),
  'half surrogates': () => filled(`\ufeff${HEADER}`, '\ud800'),
  'Windows-1252': () => Buffer.concat([Buffer.from(HEADER), Buffer.alloc(UPLOAD_BYTES - 100, 0xe9)]),
}

const SHEET = 'xl/worksheets/sheet1.xml'
const NAMESPACE = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** A whole workbook with this sheet, and other parts as given. */
export function workbookOf(sheet: string | Uint8Array, parts: Record<string, string | Uint8Array> = {}): Uint8Array {
  return makeZip({
    '[Content_Types].xml': `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/${SHEET}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
    '_rels/.rels': `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<?xml version="1.0"?><workbook xmlns="${NAMESPACE}" xmlns:r="${RELATIONS}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${RELATIONS}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`,
    [SHEET]: sheet,
    ...parts,
  })
}

const text = (reference: string, value: string) => `<c r="${reference}" t="inlineStr"><is><t>${value}</t></is></c>`
const NAMES = ['sku', 'name', 'material', 'kind', 'unit_cost', 'currency']
const HEADER_ROW = `<row r="1">${NAMES.map((name, at) => text(`${'ABCDEF'[at]}1`, name)).join('')}</row>`
const ITEM = (number: number, cost = '<c r="E2"><v>1</v></c>') =>
  `<row r="${number}">${['a', 'b', 'paper', 'box'].map((value, at) => text(`${'ABCD'[at]}${number}`, value)).join('')}${cost.replace('E2', `E${number}`)}${text(`F${number}`, 'BRL')}</row>`
const sheetOf = (rows: string, after = '', before = '') =>
  `<?xml version="1.0"?><worksheet xmlns="${NAMESPACE}">${before}<sheetData>${rows}</sheetData>${after}</worksheet>`
const strings = (content: string) => `<?xml version="1.0"?><sst xmlns="${NAMESPACE}">${content}</sst>`
const shared = (at: number, row: number) => `<row r="${row}"><c r="A${row}" t="s"><v>${at}</v></c></row>`
const styles = (content: string) => `<?xml version="1.0"?><styleSheet xmlns="${NAMESPACE}">${content}</styleSheet>`
const many = (count: number, piece: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => piece(at)).join('')
const MB = 1024 * 1024
const GOOD = HEADER_ROW + ITEM(2)
/** Near the limit of what may come out of an import's workbook. */
const fit = (piece: string, bytes = 60 * MB) => piece.repeat(Math.floor(bytes / piece.length))

export const HOSTILE_WORKBOOKS: Files = {
  'one cell in the last place': () => workbookOf(sheetOf('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
  'one cell in the last row': () => workbookOf(sheetOf('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')),
  'a table and one cell in the last row': () =>
    workbookOf(sheetOf(`${GOOD}<row r="1048576"><c r="A1048576"><v>1</v></c></row>`)),
  'a table and one cell in the last place': () =>
    workbookOf(sheetOf(`${GOOD}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>`)),
  'a row beyond the last': () =>
    workbookOf(sheetOf(`${GOOD}<row r="4294967294"><c r="A4294967294"><v>1</v></c></row>`)),
  'a merged range, and a row beyond the last': () =>
    workbookOf(
      sheetOf(
        `${GOOD}<row r="4294967294"><c r="A4294967294"><v>1</v></c></row>`,
        '<mergeCells><mergeCell ref="A3:B3"/></mergeCells>',
      ),
    ),
  'a cell in another row than its row': () =>
    workbookOf(sheetOf(`${GOOD}<row r="3"><c r="A99999999"><v>1</v></c></row>`)),
  'a column beyond the last': () => workbookOf(sheetOf(`${GOOD}<row r="3"><c r="ZZZZZZ3"><v>1</v></c></row>`)),
  'a million empty rows': () => workbookOf(sheetOf(many(1_000_000, (at) => `<row r="${at + 1}"/>`))),
  'a million rows of one cell': () =>
    workbookOf(sheetOf(many(1_000_000, (at) => `<row r="${at + 1}"><c r="A${at + 1}"><v>1</v></c></row>`))),
  'cells without a value': () => workbookOf(sheetOf(`${GOOD}<row r="3">${fit('<c/>')}</row>`)),
  'empty cells in one row': () => workbookOf(sheetOf(`${GOOD}<row r="3">${fit('<c r="A3"/>')}</row>`)),
  'rows that end in the last column': () =>
    workbookOf(sheetOf(GOOD + many(100_000, (at) => `<row r="${at + 3}"><c r="XFD${at + 3}"><v>1</v></c></row>`))),
  '16,384 columns': () =>
    workbookOf(
      sheetOf(
        many(60, (y) => `<row r="${y + 1}">${many(16_384, (x) => `<c r="${name(x)}${y + 1}"><v>1</v></c>`)}</row>`),
      ),
    ),
  '20,000 merged ranges': () =>
    workbookOf(
      sheetOf(
        GOOD,
        `<mergeCells>${many(20_000, (at) => `<mergeCell ref="A${at * 2 + 3}:B${at * 2 + 4}"/>`)}</mergeCells>`,
      ),
    ),
  'a million merged ranges': () =>
    workbookOf(
      sheetOf(GOOD, `<mergeCells>${many(1_000_000, (at) => `<mergeCell ref="A${at + 3}:B${at + 3}"/>`)}</mergeCells>`),
    ),
  'the whole sheet merged': () =>
    workbookOf(sheetOf(GOOD, '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')),
  'merged ranges that are written unusually': () =>
    workbookOf(
      sheetOf(
        GOOD,
        `<mergeCells>${many(20_000, (at) => `<mergeCell\nref="A${at * 2 + 3}:B${at * 2 + 4}"/>`)}</mergeCells>`,
      ),
    ),
  'one shared string of 60 MB': () =>
    workbookOf(sheetOf(shared(0, 1)), { 'xl/sharedStrings.xml': strings(`<si><t>${'x'.repeat(60 * MB)}</t></si>`) }),
  'a shared string of 1 MB in 100,000 cells': () =>
    workbookOf(sheetOf(many(100_000, (at) => shared(0, at + 1))), {
      'xl/sharedStrings.xml': strings(`<si><t>${'x'.repeat(MB)}</t></si>`),
    }),
  'millions of shared strings': () =>
    workbookOf(sheetOf(GOOD), { 'xl/sharedStrings.xml': strings(fit('<si><t>x</t></si>')) }),
  'a shared string of millions of runs': () =>
    workbookOf(sheetOf(shared(0, 1)), { 'xl/sharedStrings.xml': strings(`<si>${fit('<r><t>x</t></r>')}</si>`) }),
  'nested XML in the sheet': () =>
    workbookOf(sheetOf(`<row r="1">${'<c>'.repeat(4 * MB)}${'</c>'.repeat(4 * MB)}</row>`)),
  'nested XML after the sheet': () => workbookOf(sheetOf(GOOD, `${'<a>'.repeat(4 * MB)}${'</a>'.repeat(4 * MB)}`)),
  'nested XML in the strings': () =>
    workbookOf(sheetOf(GOOD), { 'xl/sharedStrings.xml': strings('<si>'.repeat(4 * MB) + '</si>'.repeat(4 * MB)) }),
  'nested XML in the styles': () =>
    workbookOf(sheetOf(GOOD), { 'xl/styles.xml': styles('<xf>'.repeat(4 * MB) + '</xf>'.repeat(4 * MB)) }),
  'elements that never end': () => workbookOf(sheetOf(GOOD + '<c>'.repeat(8 * MB))),
  'a tag that never ends': () => workbookOf(sheetOf(`${GOOD}<c ${'a'.repeat(60 * MB)}`)),
  'an attribute of 60 MB': () => workbookOf(sheetOf(`${GOOD}<row r="3"><c r="${'A'.repeat(60 * MB)}"/></row>`)),
  'a million attributes': () =>
    workbookOf(sheetOf(`${GOOD}<row r="3"><c ${many(1_000_000, (at) => `a${at}="1" `)}/></row>`)),
  'comments and instructions': () => workbookOf(sheetOf(GOOD + fit('<!----><?a?>'))),
  'entities that multiply': () =>
    workbookOf(
      `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "${'x'.repeat(1000)}">${many(20, (at) => `<!ENTITY b${at} "${`&${at ? `b${at - 1}` : 'a'};`.repeat(10)}">`)}]><worksheet xmlns="${NAMESPACE}"><sheetData>${HEADER_ROW}<row r="2">${text('A2', '&b19;')}</row></sheetData></worksheet>`,
    ),
  'a value of 60 MB': () =>
    workbookOf(sheetOf(`${HEADER_ROW}<row r="2"><c r="A2"><v>${'1'.repeat(60 * MB)}</v></c></row>`)),
  'a text of 60 MB': () =>
    workbookOf(sheetOf(`${HEADER_ROW}<row r="2">${text('A2', `a${' '.repeat(60 * MB)}b`)}</row>`)),
  'a formula of 60 MB': () =>
    workbookOf(sheetOf(`${HEADER_ROW}<row r="2"><c r="A2"><f>${'('.repeat(60 * MB)}</f><v>1</v></c></row>`)),
  'shared formulas': () =>
    workbookOf(
      sheetOf(
        `${HEADER_ROW}<row r="2"><c r="A2"><f t="shared" si="0" ref="A2:A400000">${'B2+'.repeat(2000)}1</f><v>1</v></c></row>${many(200_000, (at) => `<row r="${at + 3}"><c r="A${at + 3}"><f t="shared" si="0"/><v>1</v></c></row>`)}`,
      ),
    ),
  'numbers out of range': () =>
    workbookOf(
      sheetOf(
        HEADER_ROW +
          many(6, (at) => ITEM(at + 2, `<c r="E2"><v>${['1e400', '-1e400', 'NaN', '1e308', '', '١'][at]}</v></c>`)),
      ),
    ),
  'a number of which only the beginning is one': () =>
    workbookOf(sheetOf(HEADER_ROW + ITEM(2, '<c r="E2"><v>1,5</v></c>'))),
  'dates out of range': () =>
    workbookOf(
      sheetOf(
        HEADER_ROW +
          many(6, (at) =>
            ITEM(at + 2, `<c r="E2" s="1"><v>${['1e15', '-1e15', '1e300', '2958466', '-1', '0'][at]}</v></c>`),
          ),
      ),
      {
        'xl/styles.xml': styles(
          '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>',
        ),
      },
    ),
  'a number format of brackets': () =>
    workbookOf(sheetOf(HEADER_ROW + ITEM(2, '<c r="E2" s="1"><v>1</v></c>')), {
      'xl/styles.xml': styles(
        `<numFmts count="1"><numFmt numFmtId="200" formatCode="${'[$'.repeat(200_000)}"/></numFmts><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="200" applyNumberFormat="1"/></cellXfs>`,
      ),
    }),
  'a million styles': () =>
    workbookOf(sheetOf(GOOD), { 'xl/styles.xml': styles(`<cellXfs>${fit('<xf numFmtId="14"/>')}</cellXfs>`) }),
  'a million columns': () =>
    workbookOf(sheetOf(GOOD, '', `<cols>${fit('<col min="1" max="16384" width="9"/>', 40 * MB)}</cols>`)),
  'a column without end': () =>
    workbookOf(sheetOf(GOOD, '', '<cols><col min="1" max="4294967295" width="9" hidden="1"/></cols>')),
  'a thousand sheets': () => {
    const sheets = Array.from({ length: 1000 }, (_, at) => at + 1)
    return workbookOf(sheetOf(GOOD), {
      ...Object.fromEntries(sheets.map((at) => [`xl/worksheets/sheet${at}.xml`, sheetOf(GOOD)])),
      'xl/workbook.xml': `<?xml version="1.0"?><workbook xmlns="${NAMESPACE}" xmlns:r="${RELATIONS}"><sheets>${sheets.map((at) => `<sheet name="s${at}" sheetId="${at}" r:id="r${at}"/>`).join('')}</sheets></workbook>`,
      'xl/_rels/workbook.xml.rels': `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${sheets.map((at) => `<Relationship Id="r${at}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${at}.xml"/>`).join('')}</Relationships>`,
    })
  },
  'ten thousand parts': () =>
    workbookOf(sheetOf(GOOD), Object.fromEntries(Array.from({ length: 9_900 }, (_, at) => [`xl/media/${at}.xml`, '']))),
  'a name for all cells': () =>
    workbookOf(sheetOf(GOOD), {
      'xl/workbook.xml': `<?xml version="1.0"?><workbook xmlns="${NAMESPACE}" xmlns:r="${RELATIONS}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets><definedNames><definedName name="n">a!$A$1:$XFD$1048576</definedName></definedNames></workbook>`,
    }),
  'names without end': () =>
    workbookOf(sheetOf(GOOD), {
      'xl/workbook.xml': `<?xml version="1.0"?><workbook xmlns="${NAMESPACE}" xmlns:r="${RELATIONS}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets><definedNames>${many(500_000, (at) => `<definedName name="n${at}">a!$A$${at + 1}:$XFD$1048576</definedName>`)}</definedNames></workbook>`,
    }),
  'sheets that are not there': () =>
    workbookOf(sheetOf(GOOD), {
      'xl/workbook.xml': `<?xml version="1.0"?><workbook xmlns="${NAMESPACE}" xmlns:r="${RELATIONS}"><sheets>${many(300_000, (at) => `<sheet name="s${at}" sheetId="${at}" r:id="x${at}"/>`)}</sheets></workbook>`,
    }),
  'relations without end': () =>
    workbookOf(sheetOf(GOOD), {
      'xl/worksheets/_rels/sheet1.xml.rels': `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${many(400_000, (at) => `<Relationship Id="r${at}" Type="${RELATIONS}/hyperlink" Target="http://localhost/${at}" TargetMode="External"/>`)}</Relationships>`,
    }),
  'an inflated part of 256 MB': () => workbookOf(sheetOf(GOOD), { 'xl/media/x.bin': Buffer.alloc(256 * MB - 10_000) }),
  'text that does not compress': () =>
    workbookOf(
      sheetOf(
        GOOD + many(120_000, (at) => `<row r="${at + 3}">${text(`A${at + 3}`, crypto.randomUUID().repeat(4))}</row>`),
      ),
    ),
}

function name(column: number): string {
  let letters = ''
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters
  return letters
}
