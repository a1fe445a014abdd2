/** A process that estimates passwords with zxcvbn-ts: see strength.ts. */
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common'
import { dictionary as english } from '@zxcvbn-ts/language-en'
import { dictionary as portuguese } from '@zxcvbn-ts/language-pt-br'
import { answerOrders } from '../../../lib/child/answer-orders.ts'
import type { Estimate, Weakness } from './strength.ts'

/** The estimate's time grows faster than the length; more characters would only make a password harder to guess. */
const SCORED_LENGTH = 32
/** Readings of figures and signs as letters; the package's 100 take ten times as long and find no more. */
const L33T_READINGS = 10
/** What a sign between words, capitals or a repetition are worth: an attacker tries the usual ones. */
const GUESSES_PER_CHANGE = 10
/** The shortest text that is worth less when it comes again at the end: sol2026sol. */
const MIN_REPEATED = 3

/** The large lists; an English family name is as likely a word that nobody knows. */
const RANKED = /^(?:passwords|diceware|commonWords|wikipedia|firstnames|lastnames-pt)/
const LOCAL =
  'doca embalagem embalagens caixa catalogo estoque empresa loja vendas financeiro producao admin administrador operador ' +
  'usuario cliente servico senha mudar trocar acesso bemvindo teste corinthians palmeiras saopaulo flamengo vasco santos ' +
  'cruzeiro gremio fluminense botafogo internacional atletico bahia'

const zxcvbn = new ZxcvbnFactory({
  dictionary: dictionaries(),
  graphs: adjacencyGraphs,
  l33tMaxSubstitutions: L33T_READINGS,
})

/** Words without accents, as people type them in passwords, and as the estimated text has them. */
function dictionaries(): Record<string, string[]> {
  const lists = Object.entries({ ...common, ...portuguese, ...english }) as Array<[string, Array<string | number>]>
  const unaccented = (words: Array<string | number>) => [...new Set(words.map((word) => plain(String(word))))]
  const ranked = lists.filter(([name]) => RANKED.test(name)).map(([name, words]) => [name, unaccented(words)] as const)
  // Days, months, numbers and the like. Under their own names the package takes any of them in a row for a sequence.
  const others = lists
    .filter(([name]) => !RANKED.test(name) && !name.startsWith('lastnames'))
    .flatMap(([, words]) => words)
  return { ...Object.fromEntries(ranked), local: unaccented([...LOCAL.split(' '), ...others]) }
}

answerOrders(async ({ password, own }: { password: string; own: string[] }): Promise<Estimate> => {
  const text = Array.from(plain(password).trim()).slice(0, SCORED_LENGTH).join('')
  const estimates = readings(text).map(({ read, factor }) => {
    const { guesses, sequence } = zxcvbn.check(read, own.map(plain))
    return { guesses: guesses * factor, weaknesses: [...new Set(sequence.flatMap(weaknessOf))] }
  })
  return estimates.reduce((least, one) => (one.guesses < least.guesses ? one : least))
})

function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '')
}

/** As it is; without signs and capitals; and without the part at the end that it begins with. With what each adds to the guesses. */
function readings(text: string): Array<{ read: string; factor: number }> {
  const letters = text.replaceAll(/[^\p{L}\p{N}]/gu, '')
  const words = letters.toLowerCase()
  const once = withoutRepeatedEnd(words)
  const changes = text.length - letters.length + Number(words !== letters)
  return [
    { read: text, factor: 1 },
    { read: words, factor: GUESSES_PER_CHANGE ** changes },
    { read: once, factor: GUESSES_PER_CHANGE ** (changes + 1) },
  ].filter(({ read }, index) => index === 0 || read !== '')
}

function withoutRepeatedEnd(text: string): string {
  for (let length = Math.floor(text.length / 2); length >= MIN_REPEATED; length--)
    if (text.endsWith(text.slice(0, length))) return text.slice(0, -length)
  return text
}

function weaknessOf({ pattern, dictionaryName = '' }: { pattern: string; dictionaryName?: string }): Weakness[] {
  if (pattern === 'dictionary')
    return [dictionaryName === 'userInputs' ? 'own_name' : dictionaryName.startsWith('passwords') ? 'common' : 'word']
  return PATTERNS[pattern] ?? []
}

const PATTERNS: Record<string, Weakness[]> = {
  repeat: ['repeat'],
  sequence: ['sequence'],
  spatial: ['sequence'],
  date: ['date'],
  regex: ['date'],
}
