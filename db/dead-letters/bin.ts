/** The bin: letters that somebody purged can be taken back for BIN_DAYS, then they are deleted. */
import type { ISql, Sql } from 'postgres'
import { AppError } from '../../lib/errors.ts'
import { recordAudit, type Actor } from '../audit/audit.ts'
import { letterNotFound } from './letter.ts'
import type { Letter } from './letters.ts'
import { detailsOf, fits, type LetterFilter } from './selection.ts'
import type { DeadMessage, LetterSource } from './source.ts'

export const BIN_DAYS = 30

/** Letters to move: those that fit and are in the state that the move begins with. */
export interface Move {
  sources: LetterSource[]
  filter: Omit<LetterFilter, 'state'>
  /** As many as the person saw; undefined: however many there are. */
  expected?: number | undefined
}

/** Moves dead letters to the bin; how many. Throws AppError dead_letters_changed where these are not as many as expected. */
export const purgeLetters = (sql: Sql, move: Move, actor: Actor): Promise<number> =>
  moveLetters(sql, move, 'dead', 'purged', actor)

/** Takes letters back from the bin; how many. Throws as purgeLetters does. */
export const restoreLetters = (sql: Sql, move: Move, actor: Actor): Promise<number> =>
  moveLetters(sql, move, 'purged', 'dead', actor)

/** Moves one to the bin. Throws AppError dead_letter_not_found, or dead_letter_not_dead. */
export async function purgeLetter(sql: Sql, sources: LetterSource[], id: string, actor: Actor): Promise<void> {
  if ((await purgeLetters(sql, { sources, filter: { ids: [id] } }, actor)) === 0)
    throw notDead(id, await stateOf(sql, id))
}

/** Takes one back. Throws AppError dead_letter_not_found, or dead_letter_not_in_bin. */
export async function restoreLetter(sql: Sql, sources: LetterSource[], id: string, actor: Actor): Promise<void> {
  if ((await restoreLetters(sql, { sources, filter: { ids: [id] } }, actor)) > 0) return
  const state = await stateOf(sql, id)
  throw new AppError('conflict', 'dead_letter_not_in_bin', {
    en: `The dead letter is ${state}; only one that is purged can be taken back.`,
    pt: `A dead letter está como ${state}; só uma que está como purged pode voltar.`,
  })
}

type Moved = Pick<Letter, 'id' | 'source'> & DeadMessage

/** So that neither a statement nor this process is at it for long. */
const AT_ONCE = 2_000

function moveLetters(
  sql: Sql,
  { sources, filter, expected }: Move,
  from: 'dead' | 'purged',
  to: 'dead' | 'purged',
  actor: Actor,
): Promise<number> {
  const names = sources.map(({ name }) => name)
  return sql.begin(async (tx) => {
    let count = 0
    const touched = new Set<string>()
    // In order of id, so that two calls never wait for each other in a circle; what dies meanwhile is left.
    // Not by our clock: that of another machine may be ahead.
    const [newest] = await tx<{ id: string }[]>`select id from letters order by id desc limit 1`
    const until = newest?.id ?? FIRST_ID
    for (let after = FIRST_ID; ;) {
      const moved = await tx<Moved[]>`
        with held as (
          select id from letters
          where source = any(${names}) and ${fits(tx, { ...filter, state: from })} and id > ${after} and id <= ${until}
          order by id limit ${AT_ONCE} for update
        )
        update letters l set state = ${to}, left_at = case ${to}::text when 'purged' then now() end
        from held where l.id = held.id
        returning l.id, l.source, l.message_id, l.replay, l.death`
      count += moved.length
      for (const { source } of moved) touched.add(source)
      if (expected !== undefined && count > expected) break
      for (const source of sources) await tell(tx, source, to, moved)
      if (moved.length < AT_ONCE) break
      after = moved.reduce((last, { id }) => (id > last ? id : last), after)
    }
    if (expected !== undefined && count !== expected) throw changed(expected)
    if (count === 0) return 0
    const { target, details } = detailsOf(
      filter,
      names.filter((name) => touched.has(name)),
    )
    const action = to === 'purged' ? 'dead_letters.purged' : 'dead_letters.restored'
    await recordAudit(tx, { ...actor, action, target, details: { ...details, count } })
    return count
  })
}

const FIRST_ID = '00000000-0000-0000-0000-000000000000'

async function tell(tx: ISql, source: LetterSource, to: 'dead' | 'purged', moved: Moved[]): Promise<void> {
  // The id of a message that could not be read may be that of another one.
  const known = moved.filter((one) => one.source === source.name && source.isReadable(one))
  if (known.length > 0) await (to === 'purged' ? source.binned(tx, known) : source.restored(tx, known))
}

async function stateOf(sql: Sql, id: string): Promise<Letter['state']> {
  const [letter] = await sql<Pick<Letter, 'state'>[]>`select state from letters where id = ${id}`
  return letter?.state ?? letterNotFound(id)
}

export const notDead = (id: string, state: Letter['state']) =>
  new AppError('conflict', 'dead_letter_not_dead', {
    en: `The letter ${id} is ${state}; only one that is dead can be changed.`,
    pt: `A dead letter ${id} está como ${state}; só uma que está como dead pode ser alterada.`,
  })

const changed = (expected: number) =>
  new AppError('conflict', 'dead_letters_changed', {
    en: `These are not ${expected} letters any more; nothing was changed. Look at them again.`,
    pt: `Já não são ${expected} dead letters; nada foi alterado. Olhe de novo.`,
  })

/**
 * Deletes at most `limit` letters that left the dead BIN_DAYS ago: those in the bin, those that were replayed and have ended, and
 * those that were replaced and have no edited copy any more; how many.
 */
export async function emptyBin(sql: Sql, limit: number): Promise<number> {
  const { count } = await sql`
    delete from letters where id in (
      select id from letters l
      where state in ('purged', 'replayed', 'replaced') and left_at < now() - make_interval(days => ${BIN_DAYS})
        and not exists (
          select from replay_letters where letter_id = l.id and state in ('pending', 'sending', 'sent') and l.state = 'replayed')
        and not exists (select from letters where edited_from = l.id and l.state = 'replaced')
      limit ${limit} for update skip locked
    )`
  return count
}
