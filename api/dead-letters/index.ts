import { Elysia } from 'elysia'
import { listGroups, noteGroup } from '../../db/dead-letters/groups.ts'
import { otherLetters, readBody, readLetter } from '../../db/dead-letters/letter.ts'
import { listLetters } from '../../db/dead-letters/letters.ts'
import type { LetterSource } from '../../db/dead-letters/source.ts'
import { ordersLetters } from '../../db/orders/letter-source.ts'
import type { ApiContext } from '../context.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { fileAnswer } from '../http/etag.ts'
import { answerPage } from '../http/pagination.ts'
import { responses } from '../http/responses.ts'
import { idParams } from '../http/schemas.ts'
import { describeListed, describeWhole } from './describe.ts'
import {
  groupsAnswer,
  groupsQuery,
  letterAnswer,
  lettersPage,
  listQuery,
  noteAnswer,
  noteBody,
  type ListQuery,
} from './model.ts'

const tags = ['dead-letters']

const SOURCES = new Map<string, LetterSource>([ordersLetters].map((source) => [source.name, source]))
const NO_NOTE = { note: null, noted_by: null, noted_at: null }
/** Of the one that is named, or of all. */
const sourcesOf = (name: string | undefined) => (name === undefined ? [...SOURCES.keys()] : [name])

export function deadLetters({ db: { sql }, streams }: ApiContext) {
  return new Elysia({ name: 'dead-letters', prefix: '/dead-letters' })
    .use(withSession)
    .get('', ({ query }) => list(query), {
      query: listQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'Dead letters, newest first; with state=purged the bin',
        responses: responses({ 200: lettersPage }, [422]),
      },
    })
    .get(
      '/groups',
      ({ query: { source, state = 'dead', limit = 100 } }) => listGroups(sql, sourcesOf(source), state, limit),
      {
        query: groupsQuery,
        detail: {
          tags,
          access: 'viewer',
          summary: 'Dead letters by what they died of, the largest group first',
          description:
            'A group is of one source, step, reason and cause, which is the detail with its ids, numbers and quoted texts blanked; its id is made of these.',
          responses: responses({ 200: groupsAnswer }, [422]),
        },
      },
    )
    .put(
      '/groups/:id/note',
      async ({ params, body, request, session }) => {
        const id = params.id.toLowerCase()
        const note = await noteGroup(sql, id, body.note, actorOf(request, session))
        return note ?? { ...NO_NOTE, group_id: id }
      },
      {
        params: idParams,
        body: noteBody,
        detail: {
          tags,
          access: 'operator',
          summary: 'Note what is known of a group; it is kept when the group has no letter any more',
          responses: responses({ 200: noteAnswer }, [400, 404, 413, 415, 422]),
        },
      },
    )
    .get('/:id', ({ params }) => read(params.id.toLowerCase()), {
      params: idParams,
      detail: {
        tags,
        access: 'viewer',
        summary: 'A dead letter with its headers, and the beginning of its body',
        responses: responses({ 200: letterAnswer }, [404, 422]),
      },
    })
    .get(
      '/:id/body',
      async ({ params, request }) => {
        const id = params.id.toLowerCase()
        const { size_bytes, body } = await readBody(sql, id)
        return fileAnswer(
          streams,
          request,
          { version: id, body },
          {
            'content-type': 'application/octet-stream',
            'content-disposition': `attachment; filename="dead-letter-${id}.bin"`,
            'content-length': String(size_bytes),
          },
        )
      },
      {
        params: idParams,
        detail: {
          tags,
          access: 'viewer',
          summary: 'The body of a dead letter, byte for byte, as a file',
          responses: responses(
            {
              200: {
                content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
                headers: ['Content-Disposition'],
              },
            },
            [404, 422],
          ),
        },
      },
    )

  function list({ source, state = 'dead', group, origin, message_id, q, ...page }: ListQuery) {
    const filter = { state, group, origin, message_id, q }
    return answerPage(page, ['id'], (page) => listLetters(sql, sourcesOf(source), filter, page), describeListed)
  }

  async function read(id: string) {
    const letter = await readLetter(sql, id)
    return describeWhole(letter, SOURCES.get(letter.source), await otherLetters(sql, letter))
  }
}
