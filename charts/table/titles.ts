/** What stands above a table: its title, and the unit of its numbers. */
import type { Sheet } from '../../lib/spreadsheet/cells.ts'
import { cellKind, filledColumns, isWebAddress } from './cell-kind.ts'

const PIVOT_COLUMNS = /^(r[óo]tulos de coluna|column labels|etiquetas de columna|spaltenbeschriftungen)$/i
const PIVOT_MEASURE =
  /^(soma|contagem|m[ée]dia|m[áa]ximo|m[íi]nimo|sum|count|average|max|min|suma|recuento|promedio|cuenta|summe|anzahl|mittelwert|somme|nombre|moyenne)\s(de|da|do|of|von|d['’])\s?\S/i
/** A field of a form: whose table it is, and of when. */
const FORM_LABEL =
  /^(area|device|client|cliente|customer|account|property|location|station|start|end|from|employee|counted by|owner|meter|serial|kunde|empresa|unidades|einheit|method codes?|equipamento|sensor|conta|loja|unidade)\s?:\s?\S/i
/** `£'000`, `(in millions of US$)`, `% of respondents`, `Valores em R$ mil`. */
const UNIT_LINE =
  /^\(?\s?(?:[£€$]\s?['’]?0{3}s?|(?:in\s)?(?:R\$|US\$|€|£)\s?(?:mil|milh[õo]es|millions?|m|bn)|TEUR|T€|%\s(?:of|de|das|dos|der)\s.*|(?:(?:valores|dados|importes|amounts|values|figures|angaben|beträge)\s)?(?:in|em|en)\s(?:R\$|US\$|€|£|mil|milh|thousand|million|euros?|reais|%|TEUR).*|(?:unidades?|unit|units|einheit)\s?:\s?\S.*)\)?$/i
const TITLE_KEY = /^(title|t[íi]tulo|titel|series|data ?set|indicator|indicador|assunto|tema)\s?:?$/i
const UNIT_KEY = /^(unit of measure|unidade de medida|unidad de medida|unit|unidade|einheit)\s?:?$/i
/** Exports of statistics offices begin with so many rows of keys and values. */
const MOST_KEYS = 12

/**
 * Title rows above a table, topmost first: rows with one text alone. Rows with several texts are notes, and then none of
 * it is a title; web addresses and what stands beside the table do not count.
 */
export function titlesAbove(sheet: Sheet, top: number, floor: number, columns: number[]): string[] {
  const titles = plainTitles(sheet, top, floor, columns)
  return titles.length > 0 ? titles : keyedTitles(sheet, top)
}

function plainTitles(sheet: Sheet, top: number, floor: number, columns: number[]): string[] {
  const [left, right] = [columns[0]! - 1, columns.at(-1)!]
  const titles: string[] = []
  for (let at = top - 1; at >= floor && top - at <= 6; at--) {
    const row = sheet.rows[at]!
    const cells = filledColumns(row)
      .filter((column) => column >= left && column <= right && !isWebAddress(row.cells[column]!))
      .map((column) => row.cells[column]!)
    const texts = cells.filter((cell) => cellKind(cell) === 'text').map((cell) => String(cell.value))
    // `Sum of Amount` beside `Column Labels`: a pivot's measure; what stands above are its filters.
    if (texts.length > 1 && (PIVOT_COLUMNS.test(texts[1]!) || PIVOT_MEASURE.test(texts[0]!))) return [texts[0]!]
    if (cells.length === 1 && texts.length === 1 && texts[0]!.length <= 120) {
      if (!isRemark(texts[0]!)) titles.unshift(texts[0]!)
    } else if (texts.length === cells.length && cells.length > 1 && texts.slice(1).every(isBesideTitle)) {
      if (!isRemark(texts[0]!) && !isBesideTitle(texts[0]!)) titles.unshift(texts[0]!)
    } else if (cells.length > 1 && !isKeyAndValue(cells.length, texts)) return []
  }
  return titles
}

/** `Hauptstraße 5, 50667 Köln`, `Rua das Flores, 120, Centro, 01310-100 São Paulo`. */
const ADDRESS =
  /(?:,| [–-])\s*(cep:?\s*)?(?:[A-Z]{1,2}-)?(?:\d{5}(?:-?\d{3,4})?|\d{4}-\d{3})(?:\s+\p{Lu}|$)|^(rua|r\.|av\.|avenida|travessa|alameda|rodovia|praça|calle|rue|via)\s.*,\s*\d/iu

/** A unit, a source, a date, a form label, an address: true of the table, but not its title. */
export function isRemark(text: string): boolean {
  return (
    /:$|^#+(\s|$|-)/.test(text) ||
    ADDRESS.test(text) ||
    FORM_LABEL.test(text) ||
    UNIT_LINE.test(text) ||
    /^(\(?(valores|em|dados|quantidades|values|amounts|figures|in)\s(em|in)?\s?(r\$|us\$|\$|€|mil|milh|reais|unidades|thousand|million|usd|eur|brl)|(fonte|source|obs|observação|nota|note|unidade|unit|período|periodo|period|competência|mês de referência|referência|data|date|página|page|cnpj|cpf|responsável|elaborado por|prepared by)\s?:|(fonte|gerado|emitido|extraído|atualizado|printed|generated|updated|extracted|as of)\s)/iu.test(
      text,
    )
  )
}

/** `Pág.: 1`, `Turma: 7º B`, `Emitido em 04/03`: in the row of a title. */
const isBesideTitle = (text: string) => /^\p{L}[^:]{0,30}:\s*\S/u.test(text) || isRemark(text)

/** `Período: | jan/2025`. */
function isKeyAndValue(cells: number, texts: string[]): boolean {
  return texts.some((text) => text.endsWith(':')) || texts.length * 2 <= cells
}

/** `Title | Gross Domestic Product`, `Unit of measure | | Percentage`, as programs write them. */
function keyedTitles(sheet: Sheet, top: number): string[] {
  const valueOf = (key: RegExp) => {
    for (const row of sheet.rows.slice(Math.max(0, top - MOST_KEYS), top)) {
      const [first, second, ...more] = filledColumns(row).map((column) => String(row.cells[column]!.value))
      if (first !== undefined && second !== undefined && more.length === 0 && key.test(first)) return [second]
    }
    return []
  }
  const title = valueOf(TITLE_KEY)
  return title.length === 0 ? [] : [...title, ...valueOf(UNIT_KEY)]
}

/** The unit that a row above the table tells for all its numbers. */
export function unitAbove(sheet: Sheet, top: number): string | undefined {
  for (const row of sheet.rows.slice(Math.max(0, top - 6), top)) {
    const cells = filledColumns(row)
    const text = String(row.cells[cells[0]!]?.value ?? '').trim()
    if (cells.length === 1 && text.length <= 60 && UNIT_LINE.test(text)) return text.replace(/^\((.*)\)$/, '$1')
  }
  return undefined
}
