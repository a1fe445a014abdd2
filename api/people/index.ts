import { Elysia } from 'elysia'
import { decideStorm, readConsumerState } from '../../db/dead-letters/storms.ts'
import { PEOPLE_SOURCE } from '../../db/people/letters.ts'
import { listPeople } from '../../db/people/people.ts'
import type { ApiContext } from '../context.ts'
import { consumerAnswer, resumeBody } from '../dead-letters/consumer-model.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
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
    .get('/people/consumer', () => readConsumerState(sql, PEOPLE_SOURCE), {
      detail: {
        tags,
        access: 'viewer',
        summary: 'Whether the consumer users runs, or is paused by a storm of failures',
        responses: responses({ 200: consumerAnswer }),
      },
    })
    .post(
      '/people/consumer/resume',
      ({ body, request, session }) => decideStorm(sql, PEOPLE_SOURCE, body.decision, actorOf(request, session)),
      {
        body: resumeBody,
        detail: {
          tags,
          access: 'operator',
          summary: 'Decide about the storm, and let the consumer users go on',
          responses: responses({ 200: consumerAnswer }, [400, 409, 413, 415, 422]),
        },
      },
    )
}
