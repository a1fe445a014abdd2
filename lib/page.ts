/**
 * Pages of a list by keyset: a page begins after the sort values of the last row before it, so that rows which come or go
 * meanwhile move no page.
 */
export interface PageRequest<Keyset> {
  /** Rows of a page. */
  limit: number
  /** The sort values of the last row of the page before. */
  after?: Keyset | undefined
}

export interface Page<Row, Keyset> {
  rows: Row[]
  /** The sort values of the last row; undefined when no page follows. */
  last: Keyset | undefined
}

/** The page that `rows` make, of which one more than `limit` was read: it tells that another page follows. */
export function pageOf<Row, Keyset>(rows: Row[], limit: number, keysetOf: (row: Row) => Keyset): Page<Row, Keyset> {
  return { rows: rows.slice(0, limit), last: rows.length > limit ? keysetOf(rows[limit - 1]!) : undefined }
}
