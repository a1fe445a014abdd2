/** Lists: `?limit=` (1 to 100, default 50) and an opaque keyset `?cursor=`; answers `{items, next_cursor}`. */
import { Type } from '@sinclair/typebox'
import { t, type TSchema } from 'elysia'
import { DOCUMENTED } from './openapi-schemas.ts'
import { AppError } from '../../lib/errors.ts'
import type { Page, PageRequest } from '../../lib/page.ts'

/** Base64url of JSON. */
const CURSOR = /^[\w-]+$/

export const pageQuery = {
  limit: t.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50, description: 'Items per page.' })),
  cursor: t.Optional(
    t.String({
      maxLength: 2000,
      [DOCUMENTED]: { pattern: CURSOR.source },
      description: 'next_cursor of the page before.',
    }),
  ),
}

/** The answer of a list whose items have a title and an example. */
export const pageAnswer = <T extends TSchema>(item: T) =>
  t.Object(
    {
      items: t.Array(item),
      next_cursor: t.Nullable(t.String({ description: 'The cursor of the next page.' }), {
        description: 'null on the last page.',
      }),
    },
    { title: `${item.title}Page`, examples: [{ items: item.examples as unknown[], next_cursor: null }] },
  )

/**
 * A page as the API answers it. `keys`: the names of the sort values that `read` takes and gives; `describe` makes an item
 * of a row. Throws AppError cursor_invalid for a cursor of another list.
 */
export async function answerPage<K extends string, Row, Item = Row>(
  { limit = 50, cursor }: { limit?: number | undefined; cursor?: string | undefined },
  keys: readonly K[],
  read: (page: PageRequest<Record<K, string>>) => Promise<Page<Row, Record<K, string>>>,
  describe: (row: Row) => Item = (row) => row as unknown as Item,
): Promise<{ items: Item[]; next_cursor: string | null }> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor, keys)
  try {
    const { rows, last } = await read({ limit, after })
    return { items: rows.map(describe), next_cursor: last ? encodeCursor(last) : null }
  } catch (thrown) {
    // Class 22: PostgreSQL cannot read a value as what it should be. All else in a query is validated.
    if (after && (thrown as { code?: string }).code?.startsWith('22')) throw invalidCursor(thrown)
    throw thrown
  }
}

/** `keyset`: the sort values of a page's last item. */
export function encodeCursor(keyset: Record<string, unknown>): string {
  return Buffer.from(JSON.stringify(keyset)).toString('base64url')
}

/** Throws AppError cursor_invalid for anything but a cursor with exactly the texts named. */
export function decodeCursor<K extends string>(cursor: string, keys: readonly K[]): Record<K, string> {
  try {
    const keyset = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as Record<K, string>
    if (Object.keys(keyset).length === keys.length && keys.every((key) => typeof keyset[key] === 'string'))
      return keyset
  } catch {
    // Not even JSON: the same answer.
  }
  throw invalidCursor()
}

/** The time in a cursor, which may come back changed by anyone. Throws AppError cursor_invalid. */
export function cursorTime(text: string): Date {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text))) return new Date(text)
  throw invalidCursor()
}

export const NO_CURSOR = { en: 'is not a cursor of this list', pt: 'não é um cursor desta lista' }

export function invalidCursor(cause?: unknown): AppError {
  return new AppError(
    'invalid',
    'cursor_invalid',
    {
      en: 'The cursor is not one of this list; start again without it.',
      pt: 'O cursor não é desta lista; recomece sem ele.',
    },
    {
      cause,
      errors: [{ path: '/cursor', message: NO_CURSOR }],
    },
  )
}
