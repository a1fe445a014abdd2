/** Reads what a message of the people's topic says. Never throws, whatever its bytes are. */
import { isEmail } from '../../lib/email.ts'
import { messageOf } from '../../lib/errors.ts'
import { textIn } from '../../lib/texts.ts'
import { unstorablePart } from '../engines/postgres/storable.ts'
import { PERSON_FIELDS, PERSON_ID, type Person } from './person.ts'

/** Why a message is no person that can be kept; `unstorable`: an engine refused it. */
export const REJECTIONS = ['tombstone', 'too_large', 'not_json', 'invalid', 'email_invalid', 'unstorable'] as const

export interface Rejection {
  reason: (typeof REJECTIONS)[number]
  detail: string
  /** The id, where that could be read. */
  id: string | undefined
}

/** A person is some hundred bytes. */
const MAX_BYTES = 64 * 1024
const MAX_CHARACTERS = 1000

export function readPerson(value: Uint8Array): Person | Rejection {
  // It deletes a key where topics are compacted; nobody is deleted here by a message.
  if (value.byteLength === 0) return rejected('tombstone', 'The message has no value.')
  if (value.byteLength > MAX_BYTES)
    return rejected('too_large', `${value.byteLength} bytes are more than a person may have, ${MAX_BYTES}.`)
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value))
  } catch (thrown) {
    return rejected('not_json', messageOf(thrown))
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return rejected('invalid', 'The message is no JSON object.')
  const given = json as Record<string, unknown>
  const id = typeof given.id === 'string' ? given.id.toLowerCase() : ''
  if (!PERSON_ID.test(id)) return rejected('invalid', 'id is no UUID.')

  const person = { id } as Person
  for (const field of PERSON_FIELDS) {
    const text = textOf(given[field])
    const fault = typeof text === 'string' ? unstorablePart(text) : undefined
    if (text === undefined) return rejected('invalid', `${field} is neither a text nor a whole number below 2^53.`, id)
    if (fault) return rejected('invalid', `${field} ${textIn(fault, 'en')}.`, id)
    if (text && text.length > MAX_CHARACTERS)
      return rejected('invalid', `${field} has ${text.length} characters; up to ${MAX_CHARACTERS} are kept.`, id)
    person[field] = text
  }
  if (person.email === null) return rejected('email_invalid', 'There is no e-mail address.', id)
  if (!isEmail(person.email)) return rejected('email_invalid', `"${person.email}" is no e-mail address.`, id)
  return person
}

/** Postcodes may be numbers; beyond 2^53 a number is no longer the one that was written. */
function textOf(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return null
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined
  if (typeof value !== 'string') return undefined
  return value.trim() || null
}

const rejected = (reason: Rejection['reason'], detail: string, id?: string): Rejection => ({ reason, detail, id })
