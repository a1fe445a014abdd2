/** Which methods a path has, for a 405 instead of a puzzling 404 or 422. */

type Routes = ReadonlyArray<{ method: string; path: string }>

/** `routes` is asked once, at the first request, when all features have added theirs. */
export function createMethods(routes: () => Routes) {
  let fixed: Map<string, Set<string>> | undefined

  function methodsOfFixedPaths() {
    const paths = new Map<string, Set<string>>()
    for (const { method, path } of routes()) paths.set(path, (paths.get(path) ?? new Set()).add(method))
    return paths
  }

  return {
    /**
     * The methods of a path without parameters when `method` is none of them, else none: its neighbour with a parameter,
     * /{id}, must not take the path's last word for an id. Asked at every request.
     */
    instead(method: string, path: string): string[] {
      const methods = (fixed ??= methodsOfFixedPaths()).get(path)
      return methods && !methods.has(method === 'HEAD' ? 'GET' : method) ? [...methods] : []
    },

    /** The methods of any path; none for one that there is not. */
    of(path: string): string[] {
      const matching = routes().filter((route) => matches(route.path, path))
      return [...new Set(matching.map((route) => route.method))]
    },
  }
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/')
  const given = path.split('/')
  return (
    wanted.length === given.length &&
    wanted.every((part, i) => (part.startsWith(':') ? given[i] !== '' : part === given[i]))
  )
}
