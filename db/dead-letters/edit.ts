/**
 * Edited copies: a copy of a letter with other values in the fields that its source names. Its message keeps its id. The original
 * is `replaced` and stays, linked by `edited_from`, so that of a death one letter is dead; undoing it takes the original back.
 */
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { ISql, Sql } from 'postgres'
import { AppError, MAX_ERRORS, validationFailed } from '../../lib/errors.ts'
import { errorItems } from '../../lib/validation-texts.ts'
import { recordAudit, type Actor } from '../audit/audit.ts'
import { notDead } from './bin.ts'
import { letterNotFound, SHOWN_BYTES } from './letter.ts'
import type { Letter } from './letters.ts'
import type { FieldValue, LetterSource } from './source.ts'

export type Fields = Record<string, FieldValue>

export interface FieldChange {
  field: string
  before: FieldValue
  after: FieldValue
}

type Locked = Pick<Letter, 'id' | 'source' | 'message_id' | 'state' | 'death' | 'edited_from'> & { body: Uint8Array }

/**
 * The id of the edited copy. Throws AppError dead_letter_not_found, dead_letter_not_dead (also where another edit came first),
 * dead_letter_not_editable, validation_failed, or
 * edit_changes_nothing.
 */
export function editLetter(
  sql: Sql,
  sources: LetterSource[],
  id: string,
  fields: Fields,
  actor: Actor,
): Promise<string> {
  return sql.begin(async (tx) => {
    const letter = await lock(tx, id)
    if (letter.state !== 'dead') throw notDead(id, letter.state)
    const source = sources.find(({ name }) => name === letter.source)
    const before = source && readFields(source, letter)
    if (!source || !before) throw notEditable(id)
    refuseMisfits(source, fields)
    const changes = changesOf(before, { ...before, ...fields })
    if (changes.length === 0) throw nothingChanged()
    const body = source.withFields(letter.body, fields)
    const copy = Bun.randomUUIDv7()
    await tx`
      insert into letters (id, source, message_id, replay, origin, body, headers, attempts, step, reason, detail, cause, died_at,
        edited_from, death)
      select ${copy}, source, message_id, replay, origin, ${body}::bytea, headers, attempts, step, reason, detail,
        cause, died_at, id, split_part(death, ${EDITED}, 1) || ${EDITED + copy}
      from letters where id = ${id}`
    await tx`update letters set state = 'replaced', left_at = now() where id = ${id}`
    const details = { letter: id, message_id: letter.message_id, changes: changes.map((change) => ({ ...change })) }
    await recordAudit(tx, { ...actor, action: 'dead_letters.edited', target: copy, details })
    return copy
  })
}

function refuseMisfits({ editable }: LetterSource, fields: Fields): void {
  const schema = Type.Partial(editable, { additionalProperties: false })
  const errors = errorItems(Value.Errors(schema, fields), MAX_ERRORS)
  if (errors.length > 0) throw validationFailed(errors)
}

/** In `death`, which stays short however often a letter is edited. */
const EDITED = '/edited/'

/** Whether it is an edited copy. */
export const isEdited = ({ death }: Pick<Letter, 'death'>): boolean => death.includes(EDITED)

/** Takes the original of an edited copy back; its id. Throws AppError dead_letter_not_found, dead_letter_not_dead, or dead_letter_not_edited. */
export function undoEdit(sql: Sql, id: string, actor: Actor): Promise<string> {
  return sql.begin(async (tx) => {
    const { state, edited_from, message_id } = await lock(tx, id)
    if (state !== 'dead') throw notDead(id, state)
    if (edited_from === null) throw notEdited(id)
    await tx`update letters set state = 'replaced', left_at = now() where id = ${id}`
    await tx`update letters set state = 'dead', left_at = null where id = ${edited_from}`
    const details = { letter: edited_from, message_id }
    await recordAudit(tx, { ...actor, action: 'dead_letters.edit_undone', target: id, details })
    return edited_from
  })
}

async function lock(tx: ISql, id: string): Promise<Locked> {
  const [letter] = await tx<Locked[]>`
    select id, source, message_id, state, death, edited_from, substring(body from 1 for ${SHOWN_BYTES + 1}) as body
    from letters where id = ${id} for update`
  return letter ?? letterNotFound(id)
}

/** The values of the fields that the source lets people change; null where the message cannot be edited. */
export function readFields(source: LetterSource, letter: Pick<Letter, 'death' | 'body'>): Fields | null {
  return source.isReadable(letter) && letter.body.byteLength <= SHOWN_BYTES ? source.readFields(letter.body) : null
}

export const changesOf = (before: Fields, after: Fields): FieldChange[] =>
  Object.keys(before).flatMap((field) =>
    before[field] === after[field] ? [] : [{ field, before: before[field]!, after: after[field]! }],
  )

const notEditable = (id: string) =>
  new AppError('conflict', 'dead_letter_not_editable', {
    en: `The letter ${id} has no field that may be changed: its message cannot be read, or is too large.`,
    pt: `A dead letter ${id} não tem campo que se possa alterar: a mensagem não pode ser lida, ou é grande demais.`,
  })

const nothingChanged = () =>
  new AppError('invalid', 'edit_changes_nothing', {
    en: 'The message has these values already.',
    pt: 'A mensagem já tem estes valores.',
  })

const notEdited = (id: string) =>
  new AppError('conflict', 'dead_letter_not_edited', {
    en: `The letter ${id} is as it died; there is no edit to undo.`,
    pt: `A dead letter ${id} está como morreu; não há edição para desfazer.`,
  })
