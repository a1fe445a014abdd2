/**
 * Keys of objects, the same on every driver: a relative path of names joined by `/`. Keys are compared
 * byte by byte: `é` in one code point and in two are different keys, as they are different names on disk.
 */
import { AppError } from '../../../lib/errors.ts'
import type { Translated } from '../../../lib/texts.ts'

/** S3's limit for a key. */
const MAX_KEY_BYTES = 1024
/** The limit of file systems for one name. */
const MAX_NAME_BYTES = 255

/** Where the disk driver keeps what is not whole yet; no key may begin with it. */
export const INCOMING = '.incoming'

/** The names that make up `key`; throws AppError object_key_invalid with what is wrong. */
export function splitKey(key: string): [string, ...string[]] {
  const problem = problemOf(key)
  if (problem) throw invalid(key, problem)
  return key.split('/') as [string, ...string[]]
}

/** Whether a file found on disk can be named by a key at all. */
export const isKey = (text: string) => problemOf(text) === undefined

/** Splits a prefix into the whole folders it names and the beginning of a name that is left. */
export function splitPrefix(prefix: string): { folders: string[]; start: string } {
  const slash = prefix.lastIndexOf('/')
  const folders = slash < 0 ? [] : splitKey(prefix.slice(0, slash))
  const start = prefix.slice(slash + 1)
  if (HOSTILE.test(start)) throw invalid(prefix, HOSTILE_NAMED)
  return { folders, start }
}

/** A backslash is a path on some systems; the others cannot stand in XML, in which S3 lists its keys. */
// oxlint-disable-next-line no-control-regex -- they are what it is about
const HOSTILE = /[\\\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/
const HOSTILE_NAMED = {
  en: 'it holds a backslash or a control character',
  pt: 'contém uma barra invertida ou um caractere de controle',
}

function problemOf(key: string): Translated | undefined {
  if (key === '') return { en: 'it is empty', pt: 'está vazia' }
  if (HOSTILE.test(key)) return HOSTILE_NAMED
  if (!key.isWellFormed()) return { en: 'it is not valid Unicode', pt: 'não é Unicode válido' }
  if (Buffer.byteLength(key) > MAX_KEY_BYTES)
    return { en: `it is longer than ${MAX_KEY_BYTES} bytes`, pt: `tem mais de ${MAX_KEY_BYTES} bytes` }
  const names = key.split('/')
  if (names.includes(''))
    return { en: 'it begins or ends with /, or has // inside', pt: 'começa ou termina com /, ou tem // no meio' }
  if (names.includes('.') || names.includes('..'))
    return { en: 'it has . or .. as a name', pt: 'tem . ou .. como nome' }
  if (names.some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES))
    return {
      en: `one of its names is longer than ${MAX_NAME_BYTES} bytes`,
      pt: `um dos nomes tem mais de ${MAX_NAME_BYTES} bytes`,
    }
  if (names[0] === INCOMING) return { en: `${INCOMING} is reserved`, pt: `${INCOMING} é reservado` }
  return undefined
}

function invalid(key: string, problem: Translated): AppError {
  const shown = JSON.stringify(key.length > 80 ? `${key.slice(0, 80)}…` : key)
  return new AppError('invalid', 'object_key_invalid', {
    en: `${shown} cannot be an object's key: ${problem.en}. Choose another name.`,
    pt: `${shown} não pode ser a chave de um objeto: ${problem.pt}. Escolha outro nome.`,
  })
}
