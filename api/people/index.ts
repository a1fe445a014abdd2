import { Elysia } from 'elysia'
import { PEOPLE_SOURCE } from '../../db/people/letters.ts'
import { listPeople } from '../../db/people/people.ts'
import type { ApiContext } from '../context.ts'
import { consumerRoutes } from '../dead-letters/source-routes.ts'
import { withSession } from '../http/authenticate.ts'
import { answerPage } from '../http/pagination.ts'
import { responses } from '../http/responses.ts'
import { peoplePage, peopleQuery } from './model.ts'

const tags = ['people']

export function people({ db: { sql } }: ApiContext) {
  return new Elysia({ name: 'people' })
    .use(withSession)
    .get(
      '/people',
      ({ query: { country, q, ...page } }) =>
        answerPage(page, ['name', 'id'], (page) => listPeople(sql, { country, q }, page)),
      {
        query: peopleQuery,
        detail: {
          tags,
          access: 'viewer',
          summary: 'People that the consumer users has stored, by name',
          description:
            'A projection of the table of records (`tb_usuarios`), which has each person as the topic had it. Messages that are no person ' +
            'are dead letters of the source `people`.',
          responses: responses({ 200: peoplePage }, [422]),
        },
      },
    )
    .use(consumerRoutes(sql, PEOPLE_SOURCE, 'the consumer users'))
}
