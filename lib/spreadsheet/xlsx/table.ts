/** A table as Excel knows it ("Format as table"), also one that is mapped to XML. */
import { parseRange, type ExcelTable } from '../cells.ts'
import { attribute, type XmlVisitor } from '../check-xml.ts'
import { decodeEscapes } from '../xml-text.ts'

export class TableReader implements XmlVisitor {
  table: ExcelTable | undefined

  open(name: string, tag: string): void {
    if (name === 'table') {
      const range = parseRange(attribute(tag, 'ref') ?? '')
      if (!range) return
      this.table = {
        name: attribute(tag, 'displayName') ?? attribute(tag, 'name') ?? '',
        range,
        header_rows: Number(attribute(tag, 'headerRowCount') ?? 1),
        totals_rows: Number(attribute(tag, 'totalsRowCount') ?? 0),
        columns: [],
      }
    } else if (name === 'tableColumn') this.table?.columns.push(decodeEscapes(attribute(tag, 'name') ?? ''))
  }

  close(): void {}
}
