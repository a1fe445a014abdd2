/** The methods that a path has under other verbs, for a 405 instead of a puzzling 404. */
export function allowedMethods(routes: ReadonlyArray<{ method: string; path: string }>, path: string): string[] {
  const named = routes.filter((route) => route.path === path)
  const meant = named.length > 0 ? named : routes.filter((route) => matches(route.path, path))
  return [...new Set(meant.map((route) => route.method))]
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/')
  const given = path.split('/')
  return wanted.length === given.length && wanted.every((part, i) => part.startsWith(':') || part === given[i])
}
