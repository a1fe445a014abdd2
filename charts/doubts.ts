/** What makes a chart doubtful, and how much of the confidence each doubt leaves. */
export const LEAVES = {
  rule_broken: 0,
  rows_unnamed: 0.35,
  rows_numbered: 0.6,
  only_zeros: 0.35,
  rows_unlabelled: 0.35,
  columns_alike: 0.6,
  headers_unread: 0.6,
  measure_unnamed: 0.8,
  header_missing: 0.8,
  measure_numbers_rows: 0.3,
  table_is_a_matrix: 0.3,
  total_beside_parts: 0.65,
  total_among_rows: 0.65,
  table_counts_on: 0.3,
  rows_of_different_units: 0.3,
  values_missing: 0.6,
  names_are_sentences: 0.35,
  columns_left: 0.75,
  one_value: 0.5,
  units_mixed: 0.6,
  currencies_mixed: 0.35,
  values_elsewhere: 0.65,
} as const

export type Doubt = keyof typeof LEAVES

/** From here on a picture needs no note; below LEAST there is no picture. */
export const SURE = 0.7
export const LEAST = 0.4
