/** A person, as the job users_stream sends and the consumer `users` reads: JSON in UTF-8, keyed by id. */
import { Type, type Static } from '@sinclair/typebox'
import type { Message } from '../engines/stream/stream.ts'

export const PEOPLE_TOPIC = 'dsa_kafka_topic'

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
  email: text(),
  usuario: text(),
  data_nascimento: text(),
  data_registro: text(),
  telefone: text(),
  /** URL of a picture. */
  imagem: text(),
})

export type Person = Static<typeof person>

export function personMessage(about: Person, headers: Record<string, string>): Message {
  return { key: about.id, value: new TextEncoder().encode(JSON.stringify(about)), headers }
}
