import { Elysia } from 'elysia'
import { batchCreates } from '../../db/packaging/batch-creates.ts'
import { createItem, deleteItem, patchItem, readItem, replaceItem } from '../../db/packaging/catalogue.ts'
import { settledUntil } from '../../db/packaging/changes.ts'
import { listChanges, restoreItem } from '../../db/packaging/history.ts'
import { createImporter } from '../../db/packaging/import/import-file.ts'
import { withListCache } from '../../db/packaging/list-cache.ts'
import {
  countPackaging,
  insertPackaging,
  listPackaging,
  readSeveral,
  type NewPackaging,
  type PackagingItem,
  type PackagingSort,
} from '../../db/packaging/packaging.ts'
import { batchReads } from '../../lib/batch-reads.ts'
import type { ApiContext } from '../context.ts'
import { JSON_TYPE, jsonAnswer, wholeAnswer } from '../http/answers.ts'
import { etagOf, isUnchanged, versionsAllowed } from '../http/etag.ts'
import { emptyBody, idParams, timestampOf } from '../http/schemas.ts'
import { once, repeatable, withoutKey } from '../http/idempotency.ts'
import { actorOf, withSession } from '../http/authenticate.ts'
import { answerPage, invalidCursor } from '../http/pagination.ts'
import { csvFileHeaders, csvFormOf } from '../http/csv-form.ts'
import { responses } from '../http/responses.ts'
import { createUploads, readUpload } from '../http/upload.ts'
import { createExporter } from '../../db/packaging/export.ts'
import {
  countAnswer,
  countQuery,
  exportQuery,
  historyAnswer,
  historyQuery,
  importAnswer,
  importQuery,
  itemAnswer,
  itemBody,
  itemPatch,
  listAnswer,
  listQuery,
  type ExportQuery,
  type ListQuery,
} from './model.ts'

const tags = ['packaging']

export function packaging({ log, db: { sql, cache }, streams }: ApiContext) {
  const list = withListCache(listText, { sql, cache })
  const create = batchCreates(sql)
  const readTogether = batchReads((ids: string[]) => readSeveral(sql, ids))
  const read = async (id: string) => (await readTogether(id)).get(id)
  const importFile = createImporter(sql)
  const uploads = createUploads()
  const exportCsv = createExporter(sql, log)
  return new Elysia({ name: 'packaging', prefix: '/embalagens' })
    .use(withSession)
    .get('', async ({ query }) => wholeAnswer(await (query.updated_after ? listText : list)(query), JSON_TYPE), {
      query: listQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'List, filter and sort items',
        description: LIST,
        responses: responses({ 200: listAnswer }, [422]),
      },
    })
    .post(
      '',
      ({ body, request, session }) =>
        once(sql, request, async (tx) => {
          // Without a key it need not be in a transaction of its own.
          const insert = tx === sql ? create : (made: NewPackaging) => insertPackaging(tx, made)
          const item = await createItem(insert, body, actorOf(request, session))
          return answer(item, 201, { location: `/embalagens/${item.id}` })
        }),
      {
        body: itemBody,
        detail: {
          tags,
          access: 'operator',
          summary: 'Create an item',
          request_headers: ['Idempotency-Key'],
          responses: responses(
            { 201: { schema: itemAnswer, headers: ['ETag', 'Location', 'Idempotency-Replayed'] } },
            [400, 409, 413, 415, 422],
          ),
        },
      },
    )
    .post(
      '/import',
      ({ request, session, query: { dry_run } }) =>
        uploads(async () => {
          const file = await readUpload(request)
          const actor = actorOf(request, session)
          if (dry_run) return withoutKey(request, async () => jsonAnswer(await importFile(file, actor, { dry_run })))
          // The same file again leaves the same items.
          return repeatable(sql, request, async () => jsonAnswer(await importFile(file, actor)))
        }),
      {
        query: importQuery,
        detail: {
          tags,
          access: 'operator',
          body: 'upload',
          request_headers: ['Idempotency-Key'],
          summary: 'Create or update items from a file, all or nothing',
          description: IMPORT,
          requestBody: { required: true, content: UPLOAD },
          responses: responses(
            { 200: { schema: importAnswer, headers: ['Idempotency-Replayed'] } },
            [400, 409, 413, 415, 422],
          ),
        },
      },
    )
    .get('/count', async ({ query }) => ({ items: await countPackaging(sql, filtersOf(query)) }), {
      query: countQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'How many items there are, or how many the filters leave',
        responses: responses({ 200: countAnswer }, [422]),
      },
    })
    .get('/export', ({ query, request }) => csvFile(request, query), {
      query: exportQuery,
      detail: {
        tags,
        access: 'viewer',
        summary: 'All items, or those that the filters leave, as CSV',
        description: EXPORT,
        responses: responses(
          {
            200: {
              content: { 'text/csv': { schema: { type: 'string' }, example: CSV_EXAMPLE } },
              headers: ['Content-Disposition'],
            },
          },
          [422],
        ),
      },
    })
    .get(
      '/:id',
      async ({ params, request }) => {
        const item = await readItem(read, params.id.toLowerCase())
        if (isUnchanged(request, etagOf(item.version))) return new Response(null, { status: 304, headers: etag(item) })
        return answer(item)
      },
      {
        params: idParams,
        detail: {
          tags,
          access: 'viewer',
          summary: 'Read an item; 304 when If-None-Match has its ETag',
          responses: responses({ 200: itemAnswer }, [404, 422]),
        },
      },
    )
    .put(
      '/:id',
      async ({ params, body, request, session }) =>
        answer(await replaceItem(sql, params.id, body, actorOf(request, session), versionsAllowed(request))),
      {
        params: idParams,
        body: itemBody,
        detail: {
          tags,
          access: 'operator',
          request_headers: ['If-Match'],
          summary: 'Replace an item; what is left out takes its default; 412 when If-Match has an older ETag',
          responses: responses({ 200: { schema: itemAnswer, headers: ['ETag'] } }, [400, 404, 409, 412, 413, 415, 422]),
        },
      },
    )
    .patch(
      '/:id',
      async ({ params, body, request, session }) =>
        answer(await patchItem(sql, params.id, body, actorOf(request, session), versionsAllowed(request))),
      {
        params: idParams,
        body: itemPatch,
        detail: {
          tags,
          access: 'operator',
          body: 'merge_patch',
          request_headers: ['If-Match'],
          summary: 'Change some fields of an item; 412 when If-Match has an older ETag',
          description: PATCH,
          responses: responses({ 200: { schema: itemAnswer, headers: ['ETag'] } }, [400, 404, 409, 412, 413, 415, 422]),
        },
      },
    )
    .delete(
      '/:id',
      async ({ params, request, session }) => {
        await deleteItem(sql, params.id, actorOf(request, session), versionsAllowed(request))
        return new Response(null, { status: 204 })
      },
      {
        params: idParams,
        detail: {
          tags,
          access: 'operator',
          request_headers: ['If-Match'],
          summary: 'Delete an item',
          responses: responses({ 204: null }, [404, 412, 422]),
        },
      },
    )
    .post(
      '/:id/restore',
      async ({ params, request, session }) =>
        answer(await restoreItem(sql, params.id.toLowerCase(), actorOf(request, session))),
      {
        params: idParams,
        body: emptyBody,
        detail: {
          tags,
          access: 'operator',
          summary: 'Bring a deleted item back, with its id, as the audit has it',
          responses: responses({ 200: { schema: itemAnswer, headers: ['ETag'] } }, [400, 404, 409, 413, 415, 422]),
        },
      },
    )
    .get(
      '/:id/history',
      ({ params, query }) => answerPage(query, ['at', 'id'], (page) => listChanges(sql, params.id.toLowerCase(), page)),
      {
        params: idParams,
        query: historyQuery,
        detail: {
          tags,
          access: 'operator',
          summary: 'Changes of an item and their authors, newest first; also of a deleted one',
          description: HISTORY,
          responses: responses({ 200: historyAnswer }, [422]),
        },
      },
    )

  function csvFile(request: Request, { excel, ...filters }: ExportQuery): Response {
    return streams.answer(
      request,
      exportCsv(filtersOf(filters), csvFormOf(excel, request)),
      csvFileHeaders('embalagens.csv'),
    )
  }

  /** The items are JSON texts already. */
  async function listText({ limit, cursor, sort: asked, ...query }: ListQuery): Promise<string> {
    const { updated_after } = query
    const order = asked ?? (updated_after ? 'updated_at' : 'name')
    const filters = { ...filtersOf(query), ...(updated_after && { updated_before: await settledUntil(sql) }) }
    const sort = order.replace(/^-/, '') as PackagingSort
    const descending = order !== sort
    const { items, next_cursor } = await answerPage({ limit, cursor }, ['order', 'value', 'id'], async (page) => {
      if (page.after && page.after.order !== order) throw invalidCursor()
      const { rows, last } = await listPackaging(sql, filters, { sort, descending }, page)
      return { rows, last: last && { order, ...last } }
    })
    return `{"items":[${items.join(',')}],"next_cursor":${JSON.stringify(next_cursor)}}`
  }
}

const filtersOf = ({ updated_after: after, ...others }: Omit<ExportQuery, 'excel'>) => ({
  ...others,
  ...(after !== undefined && { updated_after: timestampOf('updated_after', after) }),
})

const LIST =
  'To keep a copy: ask with `updated_after=1970-01-01T00:00:00Z` and follow `next_cursor` to its end. The next time, ask with ' +
  'the `updated_at` of the last item that came, and replace by `id` what comes, of which some may have come before. Every ' +
  'change comes, also one that is committed late. Deleted items do not: for these compare the ids with the whole list from time to ' +
  'time, as after a restore of the database or where its clock went back.'
const PATCH =
  'A JSON merge patch (RFC 7396): a field that is left out stays, null takes it back to its default and is refused for one that ' +
  'an item must have; `tags` are replaced as a whole. A patch that changes nothing makes no new version.'
const IMPORT =
  'CSV or .xlsx, told apart by content. The first row names the columns: the fields of an item, in any order. CSV may be ' +
  'UTF-8, UTF-16 or Windows-1252, separated by commas, semicolons or tabs, with one decimal mark in the whole file; tags ' +
  'are separated by semicolons inside their cell. A row whose sku is known updates that item; columns that the file does ' +
  'not have keep their values. An apostrophe before = + - or @, at the start of a cell or behind a comma, semicolon or tab in it, is ' +
  'taken off, as the export puts it there. When any row is wrong, ' +
  'nothing is imported and `errors` tells line, column and message of the first 1,000 mistakes, `detail` how many there are. With ' +
  '`dry_run=true` nothing is written: the same checks, and the same answer with what would be created and updated, and the first of these changes. A ' +
  'table may have 500,000 rows, a workbook 2,000,000 cells.'
const HISTORY =
  'From the audit, as long as that is kept. An import is one entry of the audit for its whole file, and has none here.'
const EXPORT =
  'RFC 4180, UTF-8, commas, a point in decimals, tags joined by semicolons, ordered by sku; one consistent snapshot. With ' +
  '`excel=1`, or where Accept-Language asks for Portuguese and `excel` is left out, as Excel in Brazil opens it: semicolons, a ' +
  'comma in decimals, a byte order mark. A text gets an apostrophe wherever a spreadsheet that splits at commas, semicolons or ' +
  'tabs would find the start of a formula; the import takes them off again, so that both forms come back unchanged.'

/** As `export` writes it. */
const CSV_EXAMPLE =
  'sku,name,material,kind,length_mm,width_mm,height_mm,weight_g,capacity_ml,unit_cost,currency,supplier,stock,reorder_level,' +
  'recyclable,tags\r\nCX-0201,Caixa maleta,paper,box,160,110,30,,,0.5206,BRL,,1200,300,true,correio\r\n'
const BINARY = { type: 'string', format: 'binary' } as const
const UPLOAD = {
  'multipart/form-data': {
    schema: { type: 'object' as const, properties: { file: BINARY }, required: ['file'] },
  },
  'text/csv': { schema: BINARY },
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { schema: BINARY },
}

const etag = (item: PackagingItem) => ({ etag: etagOf(item.version) })

const answer = (item: PackagingItem, status = 200, headers: Record<string, string> = {}) =>
  wholeAnswer(item.json, { ...JSON_TYPE, ...etag(item), ...headers }, status)
