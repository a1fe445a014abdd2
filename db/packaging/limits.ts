/** The limits of an item's values: of a body that the API takes and of a file's cells alike. */

/** No control characters, no space at the ends: such text survives a CSV file unchanged. */
export const ONE_LINE =
  /^[^\s\u0000-\u001f\u007f-\u009f]([^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f])?$/
/** A tag has no semicolon either, because files join tags with it. */
export const TAG = new RegExp(ONE_LINE.source.replaceAll('[^', '[^;'))
export const CURRENCY = /^[A-Z]{3}$/

/** Longest texts, in UTF-16 units. */
export const LENGTHS = { sku: 64, name: 200, kind: 60, supplier: 120, tag: 60 } as const
export const MAX_TAGS = 20
/** More than any cell of a file needs, with what is taken off it: as many tags as there may be take 1,300. */
export const CELL_CHARACTERS = 2000
export const MAX_COUNT = 2_147_483_647
/** Digits before and after the point; 14 together are exact as a JSON number, too. */
export const MEASURE_DIGITS = { before: 9, after: 3 }
export const COST_DIGITS = { before: 10, after: 4 }

/** Of each field that is a decimal. */
export const DECIMALS = {
  length_mm: MEASURE_DIGITS,
  width_mm: MEASURE_DIGITS,
  height_mm: MEASURE_DIGITS,
  weight_g: MEASURE_DIGITS,
  capacity_ml: MEASURE_DIGITS,
  unit_cost: COST_DIGITS,
}

/** The pattern of a decimal with at most so many digits. */
export const decimalPattern = ({ before, after }: { before: number; after: number }) =>
  new RegExp(`^\\d{1,${before}}(\\.\\d{1,${after}})?$`)
