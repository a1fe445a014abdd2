/** How messages that are no people become dead letters, are mended and come again. */
import { Type } from '@sinclair/typebox'
import type { ISql, Sql } from 'postgres'
import { isEmail } from '../../lib/email.ts'
import type { Death, Letter } from '../dead-letters/letters.ts'
import type { Effect, EffectsOf } from '../dead-letters/replays/start.ts'
import type { LetterSource, ReplayOutcome, ReplaySource, SentLetter } from '../dead-letters/source.ts'
import { storableText } from '../engines/postgres/storable.ts'
import type { Message, Stream, StoredMessage } from '../engines/stream/stream.ts'
import { PERSON_ID } from './person.ts'
import type { Rejection } from './read-person.ts'

export const PEOPLE_SOURCE = 'people'

/** Headers of a message that comes again: the letter it comes from, how often it came, when it was first produced. */
const REPLAY_OF = 'replay-of'
const REPLAY = 'replay'
const PRODUCED_AT = 'produced-at'
const UUID = PERSON_ID

/** The dead letter whose replay the message is. */
export function replayOf({ headers }: Pick<StoredMessage, 'headers'>): string | undefined {
  const letter = headers[REPLAY_OF] ?? ''
  return UUID.test(letter) ? letter : undefined
}

/** Since when what it says is known: a message that comes again is not newer for that. */
export function writtenAt({ headers, produced_at }: Pick<StoredMessage, 'headers' | 'produced_at'>): Date {
  const first = Date.parse(headers[PRODUCED_AT] ?? '')
  return Number.isNaN(first) || first > produced_at.getTime() ? produced_at : new Date(first)
}

export function letterOf(message: StoredMessage, { reason, detail, id }: Rejection): Death {
  const { topic, partition, offset, value, headers } = message
  const body = value ?? new Uint8Array()
  const place = `${topic}/${partition}/${offset}`
  const again = replayOf(message)
  const times = /^\d{1,4}$/.test(headers[REPLAY] ?? '') ? Number(headers[REPLAY]) : 0
  // A topic that is made again begins at the same offsets.
  const digest = new Bun.CryptoHasher('sha256').update(body).update(String(message.produced_at.getTime())).digest('hex')
  return {
    source: PEOPLE_SOURCE,
    message_id: id ?? storableText(place, 300),
    replay: again ? times : 0,
    origin: topic,
    body,
    headers: { ...headers, [PRODUCED_AT]: writtenAt(message).toISOString() },
    attempts: 1,
    step: 'decode',
    reason,
    detail,
    death: `${id ? READABLE : UNREADABLE}${again ? replayed(again) : `${place}/${digest.slice(0, 16)}`}`,
  }
}

const READABLE = `${PEOPLE_SOURCE}/`
const UNREADABLE = `${PEOPLE_SOURCE}/unreadable/`
const replayed = (letter: string) => `replay/${letter}`

const editable = Type.Object({ email: Type.String({ maxLength: 254, description: 'The e-mail address of a person.' }) })
/** There is no ledger of people: a letter's own state says all. */
const nothing = async () => {}

export const peopleLetters: LetterSource = {
  name: PEOPLE_SOURCE,
  isReadable: ({ death }) => !death.startsWith(UNREADABLE),
  editable,
  readFields(body) {
    const person = objectIn(body)
    return person && { email: typeof person.email === 'string' ? person.email : '' }
  },
  withFields: (body, fields) => new TextEncoder().encode(JSON.stringify({ ...objectIn(body), ...fields })),
  binned: nothing,
  restored: nothing,
  replayed: nothing,
}

/** Null where it has what would not be written as it was read: nested values, and numbers beyond 2^53. */
function objectIn(body: Uint8Array): Record<string, unknown> | null {
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return null
    const person = json as Record<string, unknown>
    const isExact = (value: unknown) =>
      typeof value === 'number' ? Number.isSafeInteger(value) : typeof value !== 'object' || value === null
    return Object.values(person).every(isExact) ? person : null
  } catch {
    return null
  }
}

export const peopleReplays = (stream: Pick<Stream, 'produce'>, topic: string): ReplaySource => ({
  ...peopleLetters,
  publish: (letters) => stream.produce(topic, letters.map(messageAgain)),
  outcomes,
})

/** Its original bytes; a letter that was published twice is one letter all the same. */
function messageAgain(letter: SentLetter & Pick<Letter, 'body' | 'headers'>): Message {
  const { id, message_id, replay, body, headers } = letter
  const again = { ...headers, [REPLAY_OF]: id, [REPLAY]: String(replay + 1) }
  return { key: peopleLetters.isReadable(letter) ? message_id : null, value: body, headers: again }
}

/** By the letters that they became, and by those whose people came. */
async function outcomes(sql: Sql, letters: SentLetter[]): Promise<ReplayOutcome[]> {
  const rows = await sql<{ id: string; died_as: string | null }[]>`
    select sent.id, l.id as died_as
    from unnest(${letters.map(({ id }) => id)}::uuid[]) as sent (id)
    left join people_replayed r on r.letter_id = sent.id
    left join letters l on l.death in (
      ${READABLE + replayed('')} || sent.id::text, ${UNREADABLE + replayed('')} || sent.id::text)
    where r.letter_id is not null or l.id is not null`
  return rows.map(({ id, died_as }) =>
    died_as === null ? { id, state: 'succeeded', died_as } : { id, state: 'died_again', died_as },
  )
}

/** What replaying people does, and what will surely die again. */
export const peopleEffects: EffectsOf = async (sql: ISql, selected) => {
  const letters = await sql<{ death: string; reason: string; edited_body: Uint8Array | null }[]>`
    select s.death, l.reason, s.edited_body from (${selected}) s join letters l using (id) limit 100000`
  const dies = letters.filter(
    ({ death, edited_body }) => !peopleLetters.isReadable({ death }) || edited_body === null || !isMended(edited_body),
  ).length
  const effects: Effect[] = [
    {
      effect: 'people',
      count: letters.length - dies,
      detail: {
        en: `${letters.length - dies} people with a mended address are stored, where nothing newer is known of them.`,
        pt: `${letters.length - dies} pessoas com o endereço corrigido são guardadas, se nada mais novo se sabe delas.`,
      },
    },
    {
      effect: 'dies_again',
      count: dies,
      detail: {
        en: `${dies} are as they died; they die again unless the consumer can read them by now.`,
        pt: `${dies} estão como morreram; morrem de novo, a não ser que o consumidor já saiba lê-las.`,
      },
    },
  ]
  return effects.filter(({ count }) => count > 0)
}

function isMended(body: Uint8Array): boolean {
  const email = objectIn(body)?.email
  return typeof email === 'string' && isEmail(email.trim())
}

/** Deletes at most `limit` marks of replays that are long over; how many. */
export async function deleteOldReplayMarks(sql: Sql, limit: number): Promise<number> {
  const { count } = await sql`
    delete from people_replayed where letter_id in (
      select letter_id from people_replayed where at < now() - interval '90 days' limit ${limit} for update skip locked)`
  return count
}
