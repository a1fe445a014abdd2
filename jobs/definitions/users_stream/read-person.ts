/** Reads a person of the RandomUser API (https://randomuser.me/documentation) into the flat form of the topic. */
import { isEmail } from '../../../lib/email.ts'
import { PERSON_ID, type Person } from '../../../db/people/person.ts'

/** The person, or what keeps the entry from being one: its id, or its e-mail address. Other missing values are null. */
export function readPerson(raw: unknown): Person | { wrong: string } {
  const given = at(raw, 'login', 'uuid')
  const id = typeof given === 'string' ? given.toLowerCase() : ''
  const email = text(at(raw, 'email'))
  if (!PERSON_ID.test(id)) return { wrong: 'login.uuid is no UUID' }
  if (email === null || !isEmail(email)) return { wrong: 'email is no e-mail address' }
  return {
    id,
    nome: text(at(raw, 'name', 'first')),
    sobrenome: text(at(raw, 'name', 'last')),
    genero: text(at(raw, 'gender')),
    endereco: addressOf(at(raw, 'location')),
    codigo_postal: text(at(raw, 'location', 'postcode')),
    pais: text(at(raw, 'location', 'country')),
    email,
    usuario: text(at(raw, 'login', 'username')),
    data_nascimento: text(at(raw, 'dob', 'date')),
    data_registro: text(at(raw, 'registered', 'date')),
    telefone: text(at(raw, 'phone')),
    imagem: text(at(raw, 'picture', 'medium')),
  }
}

/** "Rua Acre 12, Recife, Pernambuco, Brazil", of what there is. */
function addressOf(location: unknown): string | null {
  const street = [text(at(location, 'street', 'name')), text(at(location, 'street', 'number'))]
    .filter(Boolean)
    .join(' ')
  const parts = [street, ...['city', 'state', 'country'].map((name) => text(at(location, name)))].filter(Boolean)
  return parts.length === 0 ? null : parts.join(', ')
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined,
    value,
  )
}

/** Postcodes and house numbers may be numbers; beyond 2^53 one is not what was written. */
function text(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null
  return typeof value === 'string' && value.trim() !== '' ? value.trim().toWellFormed() : null
}
