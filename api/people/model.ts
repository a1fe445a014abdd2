import { t } from 'elysia'
import { pageAnswer, pageQuery } from '../http/pagination.ts'
import { NO_CONTROLS, orNull, time } from '../http/schemas.ts'

export const peopleQuery = t.Object(
  {
    country: t.Optional(
      t.String({
        minLength: 1,
        maxLength: 100,
        ...NO_CONTROLS,
        description: 'Of this country, by its whole name, e.g. `Brazil`; case and accents do not matter.',
      }),
    ),
    q: t.Optional(
      t.String({
        minLength: 1,
        maxLength: 200,
        ...NO_CONTROLS,
        description:
          'Words, or their beginnings, all of which are in the name, the e-mail address, the user name, the address, the postcode or the ' +
          'phone number; case, accents and punctuation do not matter.',
      }),
    ),
    ...pageQuery,
  },
  { additionalProperties: false },
)

const text = (description?: string) => orNull(t.String(description === undefined ? {} : { description }))

const personAnswer = t.Object(
  {
    id: t.String({ format: 'uuid' }),
    first_name: text(),
    last_name: text(),
    gender: text(),
    address: text('Street, city, state and country.'),
    postcode: text(),
    country: text(),
    email: t.String({ description: 'By the grammar of RFC 5321 and 6531.' }),
    username: text(),
    born_at: orNull(time),
    registered_at: orNull(time),
    phone: text(),
    picture: text('A URL, as the topic had it.'),
    written_at: t.String({ format: 'date-time', description: 'When the message was produced that says so.' }),
  },
  {
    title: 'Person',
    examples: [
      {
        id: '0a1b2c3d-5b7f-4c1e-9a63-0d2f4b7c9e15',
        first_name: 'Íris',
        last_name: 'Araújo',
        gender: 'female',
        address: 'Rua Acre 12, Recife, Pernambuco, Brazil',
        postcode: '50030',
        country: 'Brazil',
        email: 'iris.araujo@example.com',
        username: 'bluecat12',
        born_at: '1980-05-17T08:30:00.000Z',
        registered_at: '2015-03-02T12:00:00.000Z',
        phone: '(81) 2222-3333',
        picture: 'https://randomuser.me/api/portraits/med/women/12.jpg',
        written_at: '2026-11-20T06:00:12.000Z',
      },
    ],
  },
)

export const peoplePage = pageAnswer(personAnswer)
