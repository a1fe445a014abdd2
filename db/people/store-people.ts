/** Storing people in the projection, beside the table of records that others read. */
import type { ISql } from 'postgres'
import { isTimestamp } from '../../lib/calendar.ts'
import type { Person } from './person.ts'

/** Notified when people were stored, or became dead letters. */
export const PEOPLE_CHANGED = 'doca_people'

export async function announcePeople(tx: ISql): Promise<void> {
  await tx`select pg_notify(${PEOPLE_CHANGED}, '')`
}

export interface ReceivedPerson {
  person: Person
  /** When its message was first produced. */
  written_at: Date
  /** The dead letter whose replay brought it. */
  replay_of: string | undefined
}

/** Of what is known of one person the newest stands, in whatever order it comes; a time in the future counts as now. */
export async function storePeople(tx: ISql, received: ReceivedPerson[]): Promise<void> {
  if (received.length === 0) return
  const newest = new Map<string, ReceivedPerson>()
  const now = new Date()
  for (const { written_at, ...rest } of received) {
    const one = { ...rest, written_at: written_at < now ? written_at : now }
    const other = newest.get(one.person.id)
    if (!other || one.written_at >= other.written_at) newest.set(one.person.id, one)
  }
  // In one order in every writer, so that two never wait for each other in a circle.
  const rows = [...newest.values()].toSorted((a, b) => (a.person.id < b.person.id ? -1 : 1)).map(rowOf)
  const columns = tx.unsafe(COLUMNS.join(', '))
  const of = (row: string) => tx.unsafe(COLUMNS.map((name) => `${row}.${name}`).join(', '))
  await tx`
    insert into people as kept (${columns})
    select ${columns} from json_populate_recordset(null::people, ${JSON.stringify(rows)}::text::json)
    on conflict (id) do update
    set ${tx.unsafe(COLUMNS.map((name) => `${name} = excluded.${name}`).join(', '))}, stored_at = now()
    where excluded.written_at > kept.written_at
      or excluded.written_at = kept.written_at and (${of('excluded')}) is distinct from (${of('kept')})`
  const letters = received.flatMap(({ replay_of }) => replay_of ?? [])
  if (letters.length > 0)
    await tx`insert into people_replayed (letter_id) select unnest(${letters}::uuid[]) on conflict do nothing`
}

const COLUMNS = [
  'id',
  'first_name',
  'last_name',
  'gender',
  'address',
  'postcode',
  'country',
  'email',
  'username',
  'born_at',
  'registered_at',
  'phone',
  'picture',
  'written_at',
] as const

const rowOf = ({ person, written_at }: ReceivedPerson): Record<(typeof COLUMNS)[number], string | null> => ({
  id: person.id,
  first_name: person.nome,
  last_name: person.sobrenome,
  gender: person.genero,
  address: person.endereco,
  postcode: person.codigo_postal,
  country: person.pais,
  email: person.email,
  username: person.usuario,
  born_at: timeOf(person.data_nascimento),
  registered_at: timeOf(person.data_registro),
  phone: person.telefone,
  picture: person.imagem,
  written_at: written_at.toISOString(),
})

/** Null where the text is no point in time of the years 1 to 9999; the table of records keeps the text. */
function timeOf(text: string | null): string | null {
  if (text === null || !isTimestamp(text)) return null
  const time = new Date(text)
  const year = time.getUTCFullYear()
  return year >= 1 && year <= 9999 ? time.toISOString() : null
}
