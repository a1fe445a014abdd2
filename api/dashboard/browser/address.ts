/** The filters of a list live in its address, so that a list can be sent. */
import { useLocation, useSearch } from 'wouter'

/**
 * The value of a parameter of the address, and what changes it; '' takes it out. A choice is a step of the browser's history, while what
 * is typed and the end of a dialog replace the last one. Another list begins at its first page (parts/pager).
 */
export function useParameter(name: string): [string, (value: string, how?: 'push' | 'replace') => void] {
  const search = new URLSearchParams(useSearch())
  const [path, go] = useLocation()
  const set = (value: string, how: 'push' | 'replace' = 'push'): void => {
    const next = new URLSearchParams(location.search)
    // Also where the page has been left meanwhile.
    if ((next.get(name) ?? '') === value) return
    if (value) next.set(name, value)
    else next.delete(name)
    for (const of_page of ['cursor', 'page']) next.delete(of_page)
    const text = next.toString()
    go(text ? `${path}?${text}` : path, { replace: how === 'replace' })
  }
  return [search.get(name) ?? '', set]
}
