/**
 * Which passwords are accepted (NIST SP 800-63B-4, 3.1.1.2): 12 to 256 characters of any kind, and none that is easily
 * guessed: a common one, a common one with a few characters around it or with l33t in it, a repetition, a sequence, or
 * little more than the user's or this program's name. Nothing is asked of what kinds of characters there are.
 */
import { AppError } from '../../../lib/errors.ts'
import type { Translated } from '../../../lib/texts.ts'
import { loadCommonPasswords, type CommonPasswords } from './common.ts'
import { normalPassword } from './hash.ts'

/** In Unicode code points. */
export const MIN_LENGTH = 12
export const MAX_LENGTH = 256

/** Loaded when the first password is set. */
let common: Promise<CommonPasswords> | undefined

/** Throws AppError password_malformed, password_length or password_common; `path`: the field that holds it. */
export async function checkNewPassword(password: string, username: string, path = '/password'): Promise<void> {
  const length = Array.from(normalPassword(password)).length
  if (!password.isWellFormed())
    throw refused('password_malformed', path, {
      en: 'holds half of a surrogate pair',
      pt: 'contém metade de um par substituto (surrogate)',
    })
  if (length < MIN_LENGTH || length > MAX_LENGTH)
    throw refused('password_length', path, {
      en: `has ${length} characters; take ${MIN_LENGTH} to ${MAX_LENGTH}`,
      pt: `tem ${length} caracteres; use de ${MIN_LENGTH} a ${MAX_LENGTH}`,
    })
  if (isCommon(password, username, await (common ??= loadCommonPasswords(MIN_LENGTH))))
    throw refused('password_common', path, {
      en: 'is easily guessed; take a longer one, of several words that do not belong together',
      pt: 'é fácil de adivinhar; escolha uma mais longa, com várias palavras sem relação entre si',
    })
}

function refused(code: string, path: string, message: Translated): AppError {
  const detail = { en: `The password ${message.en}.`, pt: `A senha ${message.pt}.` }
  return new AppError('invalid', code, detail, { errors: [{ path, message }] })
}

export function isCommon(password: string, username: string, common: CommonPasswords): boolean {
  const text = normalPassword(password).toLowerCase().trim()
  return (
    variants(text).some((variant) => isGuessable(variant, common)) ||
    variants(text).some((variant) => isOwnName(variant, username.toLowerCase(), common))
  )
}

/** How little may stand around a common word. */
const MAX_AROUND = 6

function isGuessable(text: string, common: CommonPasswords): boolean {
  if (common.has(text) || isRepetition(text) || isSequence(text)) return true
  const [before, core, after] = splitAroundLetters(text)
  const letters = core.replace(/[^\p{L}\p{N}]/gu, '')
  if (letters.length < 4 || !(common.has(letters) || isRepetition(letters) || isSequence(letters))) return false
  const around = (before + after).replace(/[^\p{L}\p{N}]/gu, '')
  return before.length + after.length <= MAX_AROUND || common.has(around) || isSequence(around) || isRepetition(around)
}

/** As typed, without spaces, and with the letters that figures and signs stand for. */
function variants(text: string): string[] {
  const plain = text.replace(/\s+/g, '')
  const letters = Array.from(plain, (char) => LEET[char] ?? char).join('')
  // A figure at the end is more often a figure: p4ssw0rd2024.
  const [before, core, after] = splitAroundLetters(plain)
  const inside = Array.from(before + core, (char) => LEET[char] ?? char).join('') + after
  return [...new Set([text, plain, letters, inside])]
}

/** The text before the first letter, up to the last, and after it; a text without letters is all after. */
function splitAroundLetters(text: string): [before: string, core: string, after: string] {
  const chars = Array.from(text)
  const isLetter = (char: string) => /\p{L}/u.test(char)
  const first = chars.findIndex(isLetter)
  if (first === -1) return ['', '', text]
  const end = chars.findLastIndex(isLetter) + 1
  return [chars.slice(0, first).join(''), chars.slice(first, end).join(''), chars.slice(end).join('')]
}

const LEET: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

/** Something shorter than a password may be, several times: it is no better for that. */
function isRepetition(text: string): boolean {
  const again = (text + text).indexOf(text, 1)
  return again < text.length && again < MIN_LENGTH
}

const ROWS = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz'.repeat(2),
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertyuiopasdfghjklçzxcvbnm',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
]
const SEQUENCES = ROWS.flatMap((row) => [row, [...row].toReversed().join('')])

const isSequence = (text: string): boolean => text.length >= 4 && SEQUENCES.some((row) => row.includes(text))

/** The names taken out leave less than half a password, or a common thing. */
function isOwnName(text: string, username: string, common: CommonPasswords): boolean {
  const names = [username, 'doca'].filter((name) => name.length >= 3 && text.includes(name))
  if (names.length === 0) return false
  const rest = names.reduce((left, name) => left.replaceAll(name, ''), text)
  return rest.length < MIN_LENGTH / 2 || isGuessable(rest, common)
}
