/**
 * Resources whose files have the resource's path with a suffix, e.g. `/charts/{id}.png`. The router has no parameter that
 * ends before a dot, so the suffix is part of the parameter.
 */
import { t } from 'elysia'

/** As this program writes it. */
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

/** Whether `text` is a whole id, and nothing else. */
export const isId = (text: string): boolean => WHOLE.test(text)
const WHOLE = new RegExp(`^${UUID}$`)

/** The path parameter `id`: an id, or an id with one of `suffixes` after it. */
export function idWithSuffix(suffixes: readonly string[]) {
  const dotted = suffixes.map((suffix) => `.${suffix}`)
  return t.Object({
    id: t.String({
      pattern: `^${UUID}(\\.(${suffixes.join('|')}))?$`,
      description: `The id, or the id with ${dotted.join(' or ')} after it.`,
    }),
  })
}

/** `suffix` is undefined for the resource itself. */
export function splitSuffix<S extends string>(id: string): { id: string; suffix: S | undefined } {
  const [bare, suffix] = id.split('.') as [string, S | undefined]
  return { id: bare, suffix }
}
