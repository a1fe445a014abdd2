/** The number formats of a workbook by the style of a cell. */
import { NUMBER, type CellFormat } from '../cells.ts'
import { attribute, type XmlVisitor } from '../check-xml.ts'
import { readNumberFormat } from '../number-format.ts'

export class StylesReader implements XmlVisitor {
  readonly #codes = new Map<number, string>(BUILT_IN)
  readonly #formats = new Map<number, CellFormat>()
  /** By style: the number of its format. */
  readonly #styles: number[] = []
  /** Styles of other things, as of conditions, have elements of these names, too. */
  #inside: string | undefined

  open(name: string, tag: string): void {
    if (name === 'numFmts' || name === 'cellXfs') this.#inside = name
    else if (name === 'numFmt' && this.#inside === 'numFmts')
      this.#codes.set(Number(attribute(tag, 'numFmtId')), attribute(tag, 'formatCode') ?? '')
    else if (name === 'xf' && this.#inside === 'cellXfs') this.#styles.push(Number(attribute(tag, 'numFmtId') ?? 0))
  }

  close(name: string): void {
    if (name === this.#inside) this.#inside = undefined
  }

  formatOf(style: number): CellFormat {
    const number = this.#styles[style] ?? 0
    let format = this.#formats.get(number)
    if (!format) {
      format =
        LOCAL_MONEY[number] && !this.#codes.has(number)
          ? LOCAL_MONEY[number]
          : readNumberFormat(this.#codes.get(number))
      this.#formats.set(number, format)
    }
    return format ?? NUMBER
  }
}

/** ECMA-376 18.8.30: what a file need not write out. Those of East Asian languages are dates and times, too. */
const BUILT_IN: [number, string][] = [
  [1, '0'],
  [2, '0.00'],
  [3, '#,##0'],
  [4, '#,##0.00'],
  [9, '0%'],
  [10, '0.00%'],
  [11, '0.00E+00'],
  [12, '# ?/?'],
  [13, '# ??/??'],
  [14, 'mm-dd-yy'],
  [15, 'd-mmm-yy'],
  [16, 'd-mmm'],
  [17, 'mmm-yy'],
  [18, 'h:mm AM/PM'],
  [19, 'h:mm:ss AM/PM'],
  [20, 'h:mm'],
  [21, 'h:mm:ss'],
  [22, 'm/d/yy h:mm'],
  ...[27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58].map((id): [number, string] => [id, 'yyyy/m/d']),
  ...[32, 33, 34, 35, 55, 56].map((id): [number, string] => [id, 'h:mm:ss']),
  [37, '#,##0 ;(#,##0)'],
  [38, '#,##0 ;[Red](#,##0)'],
  [39, '#,##0.00 ;(#,##0.00)'],
  [40, '#,##0.00 ;[Red](#,##0.00)'],
  [41, '#,##0'],
  [43, '#,##0.00'],
  [45, 'mm:ss'],
  [46, '[h]:mm:ss'],
  [47, 'mm:ss.0'],
  [48, '##0.0E+0'],
  [49, '@'],
]

/** Money in the currency of whoever opens the file: which one, the file does not say. */
const LOCAL_MONEY: Record<number, CellFormat> = {
  5: { kind: 'money', decimals: 0 },
  6: { kind: 'money', decimals: 0 },
  7: { kind: 'money', decimals: 2 },
  8: { kind: 'money', decimals: 2 },
  42: { kind: 'money', decimals: 0 },
  44: { kind: 'money', decimals: 2 },
}
