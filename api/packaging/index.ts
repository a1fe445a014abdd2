import { Elysia } from 'elysia'
import type { ApiContext } from '../context.ts'
import { etagOf, isUnchanged, versionsAllowed } from '../http/etag.ts'
import { responses } from '../http/responses.ts'
import type { PackagingItem } from '../../db/packaging.ts'
import { itemAnswer, itemBody, itemParams, listAnswer, listQuery } from './model.ts'
import { createItem, deleteItem, listItems, readItem, replaceItem } from './service.ts'

const tags = ['packaging']

export function packaging({ db: { sql } }: ApiContext) {
  return new Elysia({ name: 'packaging', prefix: '/embalagens' })
    .get('', async ({ query }) => json(await listItems(sql, query)), {
      query: listQuery,
      detail: { tags, summary: 'List, filter and sort items', responses: responses({ 200: listAnswer }, [422]) },
    })
    .post(
      '',
      async ({ body }) => {
        const item = await createItem(sql, body)
        return answer(item, 201, { location: `/embalagens/${item.id}` })
      },
      {
        body: itemBody,
        detail: {
          tags,
          summary: 'Create an item',
          responses: responses({ 201: itemAnswer }, [400, 409, 413, 415, 422]),
        },
      },
    )
    .get(
      '/:id',
      async ({ params, request }) => {
        const item = await readItem(sql, params.id)
        if (isUnchanged(request, etagOf(item.version))) return new Response(null, { status: 304, headers: etag(item) })
        return answer(item)
      },
      {
        params: itemParams,
        detail: {
          tags,
          summary: 'Read an item; 304 when If-None-Match has its ETag',
          responses: responses({ 200: itemAnswer, 304: null }, [404, 422]),
        },
      },
    )
    .put(
      '/:id',
      async ({ params, body, request }) => answer(await replaceItem(sql, params.id, body, versionsAllowed(request))),
      {
        params: itemParams,
        body: itemBody,
        detail: {
          tags,
          summary: 'Replace an item; what is left out takes its default; 412 when If-Match has an older ETag',
          responses: responses({ 200: itemAnswer }, [400, 404, 409, 412, 413, 415, 422]),
        },
      },
    )
    .delete(
      '/:id',
      async ({ params, request }) => {
        await deleteItem(sql, params.id, versionsAllowed(request))
        return new Response(null, { status: 204 })
      },
      {
        params: itemParams,
        detail: { tags, summary: 'Delete an item', responses: responses({ 204: null }, [404, 412, 422]) },
      },
    )
}

const etag = (item: PackagingItem) => ({ etag: etagOf(item.version) })

const answer = (item: PackagingItem, status = 200, headers: Record<string, string> = {}) =>
  json(item.json, status, { ...etag(item), ...headers })

function json(text: string, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(text, { status, headers: { 'content-type': 'application/json', ...headers } })
}
