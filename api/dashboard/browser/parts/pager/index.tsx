/**
 * The pages of a list whose cursors lead forwards only. The page shown is in the address, so that it can be sent, and the way back is kept
 * with the browser's history; somebody who opens the address has the first page and the next.
 */
import { useLocation, useSearch } from 'wouter'
import { useHistoryState } from 'wouter/use-browser-location'
import { useSay } from '../../languages.ts'
import { Button } from '../button.tsx'
import { TEXTS } from './texts.ts'

/** Of the pages before this one; '' is the first page's. */
type Way = string[] | null

interface Props {
  /** Of the page that is shown. */
  shown: number
  limit: number
  /** Of the whole list, where it is known. */
  total: number | undefined
  next_cursor: string | null
}

export function Pager({ shown, limit, total, next_cursor }: Props) {
  const say = useSay()
  const search = new URLSearchParams(useSearch())
  const [path, go] = useLocation()
  const way = useHistoryState<Way>() ?? []
  const cursor = search.get('cursor') ?? ''
  const page = cursor === '' ? 1 : Math.max(2, Math.floor(Number(search.get('page'))) || 2)
  if (page === 1 && next_cursor === null) return null

  function show(to: string, number: number, state: Way): void {
    const next = new URLSearchParams(search)
    for (const [name, value] of [
      ['cursor', to],
      ['page', to && String(number)],
    ] as const)
      if (value) next.set(name, value)
      else next.delete(name)
    go(`${path}${next.size > 0 ? `?${next}` : ''}`, { state })
    scrollTo(0, 0)
  }

  const from = (page - 1) * limit + 1
  const range = { from, to: from + shown - 1 }
  return (
    <nav className="pager" aria-label={say(TEXTS.pages)}>
      <span className="pager-range" role="status">
        {total === undefined ? say(TEXTS.range_unknown, range) : say(TEXTS.range, { ...range, total })}
      </span>
      {page > 2 && <Button onPress={() => show('', 1, null)}>{say(TEXTS.first)}</Button>}
      {page > 1 && (
        <Button
          isDisabled={page > 2 && way.length === 0}
          onPress={() => show(way.at(-1) ?? '', page - 1, way.slice(0, -1))}
        >
          {say(TEXTS.before)}
        </Button>
      )}
      <Button isDisabled={next_cursor === null} onPress={() => show(next_cursor ?? '', page + 1, [...way, cursor])}>
        {say(TEXTS.next)}
      </Button>
    </nav>
  )
}
