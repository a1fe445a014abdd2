/** A table of records: one row each, whose first column leads to its page. On a phone the columns that can wait are left out. */
import { Fragment, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { useSay } from '../languages.ts'
import { TEXTS } from './texts.ts'

export interface Column<T> {
  title: string
  /** For screen readers alone. */
  hides_title?: true
  cell: (row: T) => ReactNode
  /** `number`: at the right. `wide`: takes what room there is. */
  look?: 'number' | 'wide'
  /** Left out where there is little room. */
  can_wait?: true
}

interface Props<T> {
  /** For screen readers. */
  label: string
  columns: ReadonlyArray<Column<T>>
  rows: readonly T[]
  id: (row: T) => string
  /** Loads the next page; undefined on the last. */
  more?: (() => void) | undefined
}

export function Table<T>({ label, columns, rows, id, more }: Props<T>) {
  const say = useSay()
  const classOf = ({ look, can_wait }: Column<T>) =>
    [look, can_wait && 'can-wait'].filter(Boolean).join(' ') || undefined
  return (
    <Fragment>
      <div className="table-box">
        <table className="table">
          <caption className="hidden-text">{label}</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.title} scope="col" className={classOf(column)}>
                  {column.hides_title ? <span className="hidden-text">{column.title}</span> : column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={id(row)}>
                {columns.map((column) => (
                  <td key={column.title} className={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more && (
        <div className="more">
          <Button onPress={more}>{say(TEXTS.more)}</Button>
        </div>
      )}
    </Fragment>
  )
}
