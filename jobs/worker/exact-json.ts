/**
 * JSON that reads back as the same value. After a crash a step returns its stored result, which must not have become
 * something else: a Date, a Map or a NaN is refused, with its path, instead of being changed.
 */
import type { Translated } from '../../lib/texts.ts'

/** The depth that PostgreSQL and the API accept. */
const MAX_DEPTH = 64

/** The text, null for undefined; or why it cannot be kept, as the end of a sentence. */
export function exactJson(value: unknown, max_bytes: number): { text: string | null } | { problem: Translated } {
  let chars_left = max_bytes
  try {
    const problem = value === undefined ? undefined : problemOf(value, '', [])
    if (problem !== undefined) return { problem }
    const text = value === undefined ? null : JSON.stringify(value)
    return text !== null && Buffer.byteLength(text) > max_bytes ? { problem: tooLarge(max_bytes) } : { text }
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : Bun.inspect(thrown)
    return { problem: { en: `that cannot be read: ${why}`, pt: `que não pode ser lido: “${why}”` } }
  }

  function problemOf(part: unknown, path: string, above: object[]): Translated | undefined {
    const at = path === '' ? { en: '', pt: '' } : { en: ` at ${path}`, pt: ` em ${path}` }
    switch (typeof part) {
      case 'string':
        chars_left -= part.length + 2
        return chars_left < 0 ? tooLarge(max_bytes) : undefined
      case 'boolean':
        return
      case 'number':
        return Number.isFinite(part) ? undefined : unknownToJson(same(String(part)), at)
      case 'object':
        return part === null ? undefined : problemInside(part, path, at, above)
      default:
        return unknownToJson(part === undefined ? same('undefined') : named(typeof part), at)
    }
  }

  function problemInside(part: object, path: string, at: Translated, above: object[]): Translated | undefined {
    if (above.includes(part)) return { en: `that contains itself${at.en}`, pt: `que contém a si mesmo${at.pt}` }
    if (above.length >= MAX_DEPTH)
      return { en: `nested deeper than ${MAX_DEPTH} levels`, pt: `aninhado em mais de ${MAX_DEPTH} níveis` }
    if (!Array.isArray(part)) {
      const prototype = Object.getPrototypeOf(part) as { constructor?: { name?: string } } | null
      if (prototype !== null && prototype !== Object.prototype)
        return unknownToJson(named(prototype.constructor?.name || 'class instance'), at)
    }
    const inside = [...above, part]
    const entries: Iterable<[string | number, unknown]> = Array.isArray(part) ? part.entries() : Object.entries(part)
    for (const [key, inner] of entries) {
      chars_left -= String(key).length + 1
      if (chars_left < 0) return tooLarge(max_bytes)
      // JSON leaves it out, and reads it back as left out.
      if (inner === undefined && typeof key === 'string') continue
      const problem = problemOf(inner, `${path}/${key}`, inside)
      if (problem !== undefined) return problem
    }
    return
  }
}

const same = (text: string): Translated => ({ en: text, pt: text })
const named = (kind: string): Translated => ({ en: `a ${kind}`, pt: `${kind}` })

const unknownToJson = (what: Translated, at: Translated): Translated => ({
  en: `with ${what.en}${at.en}, which JSON does not have`,
  pt: `com ${what.pt}${at.pt}, que não existe em JSON`,
})

const tooLarge = (max_bytes: number): Translated => ({
  en: `larger than the ${max_bytes} bytes that are kept`,
  pt: `maior que os ${max_bytes} bytes que são guardados`,
})
