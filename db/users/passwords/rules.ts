/**
 * Which passwords are accepted (NIST SP 800-63B-4, 3.1.1.2): 12 to 256 characters of any kind, not only blanks, and none that
 * is easily guessed. Nothing is asked of what kinds of characters there are.
 */
import { AppError } from '../../../lib/errors.ts'
import type { Translated } from '../../../lib/texts.ts'
import { normalPassword } from './hash.ts'
import { strength, type Weakness } from './strength.ts'

/** In Unicode code points. */
export const MIN_LENGTH = 12
export const MAX_LENGTH = 256
/**
 * zxcvbn's score 4. Score 3, 10^8, takes senha123senha and setembro2026!!, and a botnet's guesses (docs/architecture.md,
 * Sign-in) would get to the end of it.
 */
const MIN_GUESSES = 1e10

/** Throws AppError password_malformed, password_length, password_blank or password_common; `path`: the field that holds it. */
export async function checkNewPassword(password: string, username: string, path = '/password'): Promise<void> {
  const normal = normalPassword(password)
  const length = Array.from(normal).length
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
  if (!/[^\p{Z}\p{C}]/u.test(normal))
    throw refused('password_blank', path, {
      en: 'has nothing but blanks and invisible characters',
      pt: 'só tem espaços e caracteres invisíveis',
    })
  const { guesses, weaknesses } = await strength.estimate(normal, ownWords(username))
  if (guesses < MIN_GUESSES) throw refused('password_common', path, guessable(weaknesses))
}

/** The name, and its parts. */
function ownWords(username: string): string[] {
  return [username, ...username.split(/[^\p{L}\p{N}]+/u)].filter((word) => word.length >= 3)
}

function guessable(weaknesses: Weakness[]): Translated {
  const list = (locale: 'en' | 'pt') => weaknesses.map((one) => WEAKNESSES[one][locale]).join(', ')
  const because = { en: list('en'), pt: list('pt') }
  if (weaknesses.length === 0)
    return {
      en: 'is easily guessed; take a longer one, of several words that do not belong together',
      pt: 'é fácil de adivinhar; escolha uma mais longa, com várias palavras sem relação entre si',
    }
  return {
    en: `is easily guessed (${because.en}); take a longer one, of several words that do not belong together`,
    pt: `é fácil de adivinhar (${because.pt}); escolha uma mais longa, com várias palavras sem relação entre si`,
  }
}

const WEAKNESSES: Record<Weakness, { en: string; pt: string }> = {
  common: { en: 'a much used password', pt: 'uma senha muito usada' },
  own_name: { en: 'your user name', pt: 'seu nome de usuário' },
  word: { en: 'common words or names', pt: 'palavras ou nomes comuns' },
  repeat: { en: 'repetitions', pt: 'repetições' },
  sequence: { en: 'characters or keys in a row', pt: 'caracteres ou teclas em sequência' },
  date: { en: 'a date or a year', pt: 'uma data ou um ano' },
}

function refused(code: string, path: string, message: Translated): AppError {
  const detail = { en: `The password ${message.en}.`, pt: `A senha ${message.pt}.` }
  return new AppError('invalid', code, detail, { errors: [{ path, message }] })
}
