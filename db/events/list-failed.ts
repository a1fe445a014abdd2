/** Failed events as a list shows them, with the beginning of their payload. */
import type { Sql } from 'postgres'
import type { Letter } from '../dead-letters/letters.ts'
import { fits, type LetterFilter } from '../dead-letters/selection.ts'
import { pageOf, type Page, type PageRequest } from '../../lib/page.ts'
import { EVENTS_SOURCE, originalKey } from './deaths.ts'
import { FAILED, LOWER_UUID } from './failed-message.ts'

/** Of a payload in a list; GET /dead-letters/{id}/body has all of it. */
const SHOWN_BYTES = 4 * 1024

export interface FailedEvent {
  /** Of the dead letter. */
  id: string
  event_id: string | null
  key: string | null
  /** Its beginning, in base64 where it is no UTF-8. */
  payload: string
  encoding: 'utf8' | 'base64'
  payload_bytes: number
  step: string
  reason: string
  detail: string
  topic: string | null
  partition: number | null
  offset: number | null
  attempts: number
  failed_at: Date
}

type Row = Pick<
  Letter,
  'id' | 'message_id' | 'headers' | 'step' | 'reason' | 'detail' | 'origin' | 'attempts' | 'died_at'
> & {
  shown: Uint8Array
  payload_bytes: number
}

/** Those that are dead, newest first. */
export async function listFailed(
  sql: Sql,
  { reason, ...filter }: Pick<LetterFilter, 'group' | 'q'> & { reason?: string | undefined },
  { limit, after }: PageRequest<{ id: string }>,
): Promise<Page<FailedEvent, { id: string }>> {
  const rows = await sql<Row[]>`
    select id, message_id, headers, step, reason, detail, origin, attempts, died_at,
      substring(body from 1 for ${SHOWN_BYTES}) as shown, octet_length(body) as payload_bytes
    from letters where source = ${EVENTS_SOURCE} and ${fits(sql, { ...filter, state: 'dead' })}
      ${reason === undefined ? sql`` : sql`and reason = ${reason}`}
      ${after ? sql`and id < ${after.id}::uuid` : sql``}
    order by id desc limit ${limit + 1}`
  const { rows: page, last } = pageOf([...rows], limit, ({ id }) => ({ id }))
  return { rows: page.map(failedEvent), last }
}

function failedEvent({ message_id, headers, shown, payload_bytes, origin, died_at, ...row }: Row): FailedEvent {
  const key = originalKey(headers)
  const failed_at = new Date(headers[FAILED.failed_at] ?? NaN)
  return {
    ...row,
    event_id: LOWER_UUID.test(message_id) ? message_id : null,
    key: key instanceof Uint8Array ? new TextDecoder().decode(key) : key,
    ...textOf(shown, payload_bytes <= SHOWN_BYTES),
    payload_bytes,
    topic: origin,
    partition: numberIn(headers[FAILED.partition]),
    offset: numberIn(headers[FAILED.offset]),
    failed_at: Number.isNaN(failed_at.getTime()) ? died_at : failed_at,
  }
}

/** A character that is cut at the end of what is shown is left out. */
function textOf(shown: Uint8Array, is_whole: boolean): Pick<FailedEvent, 'payload' | 'encoding'> {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    return { payload: decoder.decode(shown, { stream: !is_whole }), encoding: 'utf8' }
  } catch {
    return { payload: shown.toBase64(), encoding: 'base64' }
  }
}

/** Another program may have written anything. */
const numberIn = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null
