import { Elysia } from 'elysia'
import { purgeLetter, purgeLetters, restoreLetter, restoreLetters } from '../../db/dead-letters/bin.ts'
import { editLetter, undoEdit } from '../../db/dead-letters/edit.ts'
import { listGroups, noteGroup } from '../../db/dead-letters/groups.ts'
import { otherLetters, readBody, readLetter } from '../../db/dead-letters/letter.ts'
import { listLetters } from '../../db/dead-letters/letters.ts'
import type { LetterFilter } from '../../db/dead-letters/selection.ts'
import { replaysOfLetter } from '../../db/dead-letters/replays/replays.ts'
import { LETTER_SOURCES, namesOf, sourcesOf, type SourceName } from '../../db/dead-letters/sources.ts'
import type { ApiContext } from '../context.ts'
import { jsonAnswer, longAnswer } from '../http/answers.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { fileAnswer } from '../http/etag.ts'
import { answerPage } from '../http/pagination.ts'
import { responses } from '../http/responses.ts'
import { emptyBody, idParams } from '../http/schemas.ts'
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
  editBody,
  purgedAnswer,
  purgeQuery,
  restoreBody,
  restoredAnswer,
} from './model.ts'

const tags = ['dead-letters']

const selectionOf = ({ source, ...filter }: Filter) => ({ sources: sourcesOf(source), filter })
const NO_NOTE = { note: null, noted_by: null, noted_at: null }

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
      ({ query: { source, state = 'dead', limit = 100 } }) => listGroups(sql, namesOf(source), state, limit),
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
    .put(
      '/:id',
      async ({ params, body, request, session }) => {
        const id = params.id.toLowerCase()
        const copy = await editLetter(sql, LETTER_SOURCES, id, body, actorOf(request, session))
        return jsonAnswer(await read(copy), 200, { location: `/dead-letters/${copy}` })
      },
      {
        params: idParams,
        body: editBody,
        detail: {
          tags,
          access: 'admin',
          summary:
            'Change a message before it is replayed; answers an edited copy, which stands for the letter from then on',
          description: EDIT,
          responses: responses(
            { 200: { schema: letterAnswer, headers: ['Location'] } },
            [400, 404, 409, 413, 415, 422],
          ),
        },
      },
    )
    .post(
      '/:id/undo-edit',
      async ({ params, request, session }) =>
        jsonAnswer(await read(await undoEdit(sql, params.id.toLowerCase(), actorOf(request, session)))),
      {
        params: idParams,
        body: emptyBody,
        detail: {
          tags,
          access: 'admin',
          summary: 'Undo the edit that made this copy; answers the original, which is dead again',
          responses: responses({ 200: letterAnswer }, [400, 404, 409, 413, 415, 422]),
        },
      },
    )
    .delete(
      '/:id',
      async ({ params, request, session }) => {
        await purgeLetter(sql, LETTER_SOURCES, params.id.toLowerCase(), actorOf(request, session))
        return new Response(null, { status: 204 })
      },
      {
        params: idParams,
        detail: {
          tags,
          access: 'operator',
          summary: 'Throw a dead letter into the bin, from which it comes back for 30 days',
          responses: responses({ 204: null }, [404, 409, 422]),
        },
      },
    )
    .post(
      '/:id/restore',
      async ({ params, request, session }) => {
        const id = params.id.toLowerCase()
        await restoreLetter(sql, LETTER_SOURCES, id, actorOf(request, session))
        return jsonAnswer(await read(id))
      },
      {
        params: idParams,
        body: emptyBody,
        detail: {
          tags,
          access: 'operator',
          summary: 'Take a letter back from the bin',
          responses: responses({ 200: letterAnswer }, [400, 404, 409, 413, 415, 422]),
        },
      },
    )
    .delete(
      '',
      async ({ query: { expected, ids, ...chosen }, request, session, server }) => {
        longAnswer(server, request)
        const move = { ...selectionOf({ ...chosen, ids: ids?.split(',') }), expected }
        return { purged: await purgeLetters(sql, move, actorOf(request, session)) }
      },
      {
        query: purgeQuery,
        detail: {
          tags,
          access: 'operator',
          summary: 'Throw the dead letters that fit into the bin, all or none',
          responses: responses({ 200: purgedAnswer }, [409, 422]),
        },
      },
    )
    .post(
      '/restore',
      async ({ body: { expected, ...chosen }, request, session, server }) => {
        longAnswer(server, request)
        const move = { ...selectionOf(chosen), expected }
        return { restored: await restoreLetters(sql, move, actorOf(request, session)) }
      },
      {
        body: restoreBody,
        detail: {
          tags,
          access: 'operator',
          summary: 'Take the letters that fit back from the bin, all or none',
          responses: responses({ 200: restoredAnswer }, [400, 409, 413, 415, 422]),
        },
      },
    )
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
    return answerPage(page, ['id'], (page) => listLetters(sql, namesOf(source), filter, page), describeListed)
  }

  async function read(id: string) {
    const letter = await readLetter(sql, id)
    const source = LETTER_SOURCES.find(({ name }) => name === letter.source)
    return describeWhole(letter, source, await otherLetters(sql, letter), await replaysOfLetter(sql, id))
  }
}

type Filter = Omit<LetterFilter, 'state'> & { source?: SourceName | undefined }

const EDIT =
  'The message keeps its id. The original is kept as it is, in the state `replaced`, and the copy names it in `edited_from`. Of two ' +
  'edits at once the second is refused. POST /dead-letters/{id}/undo-edit on the copy takes the original back.'
