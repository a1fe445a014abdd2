/** What JSON allows and the engines do not keep: PostgreSQL's jsonb takes no NUL and no half surrogate pair. */
import type { Translated } from '../../../lib/texts.ts'

/** As deep as the API lets a body be. Far deeper, PostgreSQL fails as if it were broken, and a batch would never pass. */
const MAX_DEPTH = 64

/** What is wrong with `value`, as the end of a sentence about it; undefined when it can be stored. */
export function unstorablePart(value: unknown, depth = 1): Translated | undefined {
  if (typeof value === 'string') {
    if (value.includes('\0'))
      return {
        en: 'holds a NUL character, which cannot be stored',
        pt: 'contém um caractere NUL, que não pode ser guardado',
      }
    return value.isWellFormed()
      ? undefined
      : {
          en: 'holds half a surrogate pair, which cannot be stored',
          pt: 'contém metade de um par substituto (surrogate), que não pode ser guardada',
        }
  }
  if (typeof value === 'number')
    return Number.isFinite(value)
      ? undefined
      : { en: 'holds a number beyond all limits', pt: 'contém um número além de todos os limites' }
  if (!value || typeof value !== 'object') return undefined
  if (depth > MAX_DEPTH)
    return { en: `nests deeper than ${MAX_DEPTH} levels`, pt: `tem mais de ${MAX_DEPTH} níveis aninhados` }
  for (const [key, part] of Object.entries(value)) {
    const found = unstorablePart(key, depth) ?? unstorablePart(part, depth + 1)
    if (found) return found
  }
  return undefined
}
