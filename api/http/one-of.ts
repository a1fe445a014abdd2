import { t } from 'elysia'

/** One of `values`. Elysia's own UnionEnum takes the first for granted when a request leaves it out; this does not. */
export function oneOf<const T extends string>(values: readonly [T, ...T[]], options: { default?: T } = {}) {
  const schema = t.UnionEnum(values, options)
  if (options.default === undefined) delete schema.default
  return schema
}
