/** A person, as the job users_stream sends and the consumer `users` reads: JSON in UTF-8, keyed by id. */
import { Type, type Static } from '@sinclair/typebox'
import type { Message } from '../engines/stream/stream.ts'

const text = () => Type.Union([Type.String(), Type.Null()])

/** Whether the address is one is the consumer's to decide. */
export const person = Type.Object({
  /** A UUID in lower case. */
  id: Type.String(),
  nome: text(),
  sobrenome: text(),
  genero: text(),
  endereco: text(),
  codigo_postal: text(),
  /** Also the end of the address. */
  pais: text(),
  email: text(),
  usuario: text(),
  data_nascimento: text(),
  data_registro: text(),
  telefone: text(),
  /** URL of a picture. */
  imagem: text(),
})

export type Person = Static<typeof person>
export type PersonField = Exclude<keyof Person, 'id'>

export const PERSON_FIELDS = Object.keys(person.properties).filter((name) => name !== 'id') as PersonField[]

export function personMessage(about: Person, headers: Record<string, string>): Message {
  return { key: about.id, value: new TextEncoder().encode(JSON.stringify(about)), headers }
}

export const PERSON_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
