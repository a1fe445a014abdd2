/**
 * A table of records: one row each, whose first column leads to its page. On a phone the columns that can wait are left out. A plain
 * <table>, since react-aria's is a grid with one tab stop, takes its cells from text selection and adds 30 KB; links, buttons and sorting need none of it.
 */
import { Fragment, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { useSay } from '../languages.ts'
import { Icon } from './icon.tsx'
import { TEXTS } from './texts.ts'

export interface Column<T> {
  title: string
  /** For screen readers alone. */
  hides_title?: true
  cell: (row: T) => ReactNode
  /** `number`: at the right. `wide`: takes what room there is. */
  look?: 'number' | 'wide'
  /** The field to sort by, where the list can be. */
  sort?: string
  /** Left out where there is little room. */
  can_wait?: true
}

/** Rows that are chosen, for an action on all of them. */
export interface Choosing<T> {
  ids: ReadonlySet<string>
  set: (ids: Set<string>) => void
  nameOf: (row: T) => string
}

interface Sorted {
  by: string
  set: (by: string) => void
}

interface Props<T> {
  /** For screen readers. */
  label: string
  columns: ReadonlyArray<Column<T>>
  rows: readonly T[]
  id: (row: T) => string
  /** How the list is sorted: a field, with - before it for the other way. */
  sorted?: Sorted
  choosing?: Choosing<T> | undefined
  /** Loads the next page; undefined on the last. */
  more?: (() => void) | undefined
}

export function Table<T>({ label, columns, rows, id, sorted, choosing, more }: Props<T>) {
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
              {choosing && <ChooseAll ids={rows.map(id)} choosing={choosing} />}
              {columns.map((column) => (
                <th
                  key={column.title}
                  scope="col"
                  className={classOf(column)}
                  aria-sort={orderOf(column.sort, sorted?.by)}
                >
                  <ColumnTitle column={column} sorted={sorted} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={id(row)} data-chosen={choosing?.ids.has(id(row)) || undefined}>
                {choosing && <ChooseOne id={id(row)} name={choosing.nameOf(row)} choosing={choosing} />}
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

interface ChooseProps {
  choosing: Pick<Choosing<never>, 'ids' | 'set'>
}

function ChooseAll({ ids, choosing }: ChooseProps & { ids: string[] }) {
  const say = useSay()
  const chosen = ids.filter((id) => choosing.ids.has(id)).length
  return (
    <th scope="col" className="choose">
      <input
        type="checkbox"
        aria-label={say(TEXTS.choose_all)}
        checked={chosen > 0 && chosen === ids.length}
        ref={(box) => {
          if (box) box.indeterminate = chosen > 0 && chosen < ids.length
        }}
        onChange={({ target }) => choosing.set(new Set(target.checked ? ids : []))}
      />
    </th>
  )
}

function ChooseOne({ id, name, choosing: { ids, set } }: ChooseProps & { id: string; name: string }) {
  const say = useSay()
  return (
    <td className="choose">
      <input
        type="checkbox"
        aria-label={say(TEXTS.choose_one, { name })}
        checked={ids.has(id)}
        onChange={({ target }) => {
          const next = new Set(ids)
          if (target.checked) next.add(id)
          else next.delete(id)
          set(next)
        }}
      />
    </td>
  )
}

const orderOf = (field: string | undefined, by: string | undefined) =>
  field === undefined || by?.replace(/^-/, '') !== field ? undefined : by === field ? 'ascending' : 'descending'

function ColumnTitle<T>({
  column: { title, hides_title, sort },
  sorted,
}: {
  column: Column<T>
  sorted: Sorted | undefined
}) {
  if (hides_title) return <span className="hidden-text">{title}</span>
  if (sort === undefined || !sorted) return title
  const order = orderOf(sort, sorted.by)
  return (
    <button type="button" className="sort" onClick={() => sorted.set(order === 'ascending' ? `-${sort}` : sort)}>
      {title}
      {order && <Icon name={order === 'ascending' ? 'up' : 'down'} size={12} />}
    </button>
  )
}
