/** Every source of dead letters. */
import type { RetryPolicy } from '../orders/config.ts'
import { eventsLetters } from '../events/letter-source.ts'
import { eventEffects } from '../events/replay-source.ts'
import { ordersLetters } from '../orders/letter-source.ts'
import { orderEffects } from '../orders/replay-source.ts'
import { peopleEffects, peopleLetters } from '../people/letters.ts'
import type { EffectsOf } from './replays/start.ts'
import type { LetterSource } from './source.ts'

/** What letters of each are, and what a replay of them does. */
const KNOWN = {
  orders: { letters: ordersLetters, effects: orderEffects },
  events: { letters: eventsLetters, effects: () => eventEffects },
  people: { letters: peopleLetters, effects: () => peopleEffects },
} satisfies Record<string, { letters: LetterSource; effects: (retry: RetryPolicy) => EffectsOf }>

export type SourceName = keyof typeof KNOWN

export const SOURCE_NAMES = Object.keys(KNOWN) as [SourceName, ...SourceName[]]
export const LETTER_SOURCES: LetterSource[] = SOURCE_NAMES.map((name) => KNOWN[name].letters)

export const isSource = (name: string): name is SourceName => Object.hasOwn(KNOWN, name)

/** The one that is named, or all. */
export const namesOf = (name: SourceName | undefined): SourceName[] => (name === undefined ? SOURCE_NAMES : [name])
export const sourcesOf = (name: SourceName | undefined): LetterSource[] =>
  namesOf(name).map((known) => KNOWN[known].letters)

/** `retry`: of orders. */
export const effectsOf = (name: SourceName, retry: RetryPolicy): EffectsOf => KNOWN[name].effects(retry)
