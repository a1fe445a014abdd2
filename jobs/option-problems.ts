/** What is wrong with an option of a job or a monitor, in words. */
import { AppError } from '../lib/errors.ts'
import { joined, type Translated } from '../lib/texts.ts'

/** What `kind()` throws: everything that is wrong with its options. */
export function notValid(kind: 'job' | 'monitor', name: unknown, problems: Translated[]): AppError {
  const shown = JSON.stringify(name ?? null)
  const list = joined(problems, ' ')
  return new AppError('invalid', `${kind}_invalid`, {
    en: `${kind} ${shown} is not valid: ${list.en}`,
    pt: `${kind} ${shown} não é válido: ${list.pt}`,
  })
}

export function between(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max
}

export function choice(name: string, value: unknown, choices: readonly string[]): Translated[] {
  if (choices.includes(value as string)) return []
  const list = choices.join(', ')
  return [{ en: `${name} must be one of ${list}.`, pt: `${name} deve ser um destes: ${list}.` }]
}

export const nameWanted = (option: string): Translated => ({
  en: `${option} must be lower case letters, digits and _, beginning with a letter, at most 63.`,
  pt: `${option} deve ter letras minúsculas, dígitos e _, começando por uma letra, no máximo 63.`,
})

export function numberWanted(option: string, min: number, max: number, kind?: 'whole'): Translated {
  const what = kind ? { en: 'a whole number', pt: 'um número inteiro' } : { en: 'a number', pt: 'um número' }
  return {
    en: `${option} must be ${what.en} from ${min} to ${max}.`,
    pt: `${option} deve ser ${what.pt} de ${min} a ${max}.`,
  }
}
