/** Groups and lists of 100,000 dead letters with some thousand causes, as GET /dead-letters reads them; the bin with all of them. */
import type { Sql } from 'postgres'
import { commandLineActor } from '../../../db/audit/audit.ts'
import { purgeLetters, restoreLetters } from '../../../db/dead-letters/bin.ts'
import { listGroups } from '../../../db/dead-letters/groups.ts'
import { listLetters } from '../../../db/dead-letters/letters.ts'
import type { LetterFilter } from '../../../db/dead-letters/selection.ts'
import { ordersLetters } from '../../../db/orders/letter-source.ts'
import type { Figure } from '../main.ts'

const LETTERS = 100_000
/** Of each of seven reasons; a few have most of the letters. */
const CAUSES = 500
const TIMES = 9

export async function deadLetterFigures(sql: Sql): Promise<Figure[]> {
  await sql`truncate letters, order_messages`
  await fillLetters(sql)
  // As autovacuum leaves it, within a minute of so many letters.
  await sql`vacuum analyze letters`
  const [largest] = (await listGroups(sql, SOURCES, 'dead', 1)).items
  const [rarest] = await sql<{ group_id: string; message_id: string }[]>`
    select group_id, min(message_id) as message_id from letters group by group_id order by count(*), group_id limit 1`
  const { group_id: group, message_id } = rarest!
  const list = (filter: Omit<LetterFilter, 'state'>) => () =>
    listLetters(sql, SOURCES, { state: 'dead', ...filter }, { limit: 50 })
  const reads: Array<[string, () => Promise<unknown>]> = [
    ['groups', () => listGroups(sql, SOURCES, 'dead', 100)],
    ['list', list({})],
    ['list of the largest group', list({ group: largest!.id })],
    ['list of the smallest group', list({ group })],
    ['list of half of the origins', list({ origin: 'a' })],
    ['list of a rare origin', list({ origin: 'rare' })],
    ['list of an origin without letters', list({ origin: 'none' })],
    ['list of one message', list({ message_id })],
    ['search, words that most have', list({ q: 'not done' })],
    ['search, a message id', list({ q: message_id })],
    ['search, words that none has', list({ q: 'attempts needs nowhere' })],
    ['bin', () => listLetters(sql, SOURCES, { state: 'purged' }, { limit: 50 })],
  ]
  const figures: Figure[] = []
  for (const [name, read] of reads)
    figures.push(figure(name, await median(read), '<= 200', `${WORK}; median of ${TIMES}`))
  // So few that autovacuum leaves them, over all pages.
  await sql`update letters set left_at = now() where get_byte(decode(md5(id::text), 'hex'), 0) < 40`
  figures.push(
    figure('groups, after a sixth has changed', await median(reads[0]![1]), '<= 200', `${WORK}; median of ${TIMES}`),
  )
  const all = { sources: [ordersLetters], filter: {}, expected: LETTERS }
  figures.push(figure('all of them purged', await once(() => purgeLetters(sql, all, commandLineActor())), '', WORK))
  figures.push(figure('all of them restored', await once(() => restoreLetters(sql, all, commandLineActor())), '', WORK))
  await sql`truncate letters, order_messages`
  return figures
}

const SOURCES = [ordersLetters.name]

const WORK = `${LETTERS} letters in ${7 * CAUSES} groups, a few of which have most`

const figure = (name: string, time_ms: number, target: string, work: string): Figure => ({
  figure: `dead letters: ${name}`,
  value: Math.round(time_ms * 10) / 10,
  unit: 'ms',
  target,
  work,
})

/** Of one message each, which the ledger knows; bodies as orders have them. */
async function fillLetters(sql: Sql): Promise<void> {
  await sql`
    insert into order_messages (message_id, origin, order_id, product, price, security_check, required_attempts, trace_id, attempt,
      state, worker)
    select gen_random_uuid(), case when n % 1000 = 0 then 'rare' when n % 2 = 0 then 'a' else 'b' end, n,
      'Caixa de papelão 300x200x150', 1.97, false, 6, 'bench', 5, 'dead', 'bench'
    from generate_series(1, ${LETTERS}::int) n`
  await sql`
    insert into letters (id, source, message_id, origin, body, headers, attempts, step, reason, detail, cause, death, died_at)
    select (lpad(to_hex(1796000000000 + order_id), 12, '0') || '7' || substr(hash, 1, 3) || '8' || substr(hash, 4, 15))::uuid,
      'orders', message_id, origin, convert_to(body, 'UTF8'), '{"version":"1","trace_id":"bench"}', 5, 'process',
      'reason_' || order_id % 7, 'Not done after 5 attempts; it needs 6, because of ' || what,
      'Not done after … attempts; it needs …, because of ' || what, 'orders/' || message_id || '/0',
      now() - order_id * interval '1 s'
    from (
      select message_id::text, origin, order_id, md5(order_id::text) as hash,
        json_build_object('message_id', message_id, 'origin', origin, 'order_id', order_id, 'product', product, 'price', '1.97',
          'security_check', false, 'required_attempts', 6)::text as body,
        translate(floor(power(random(), 3) * ${CAUSES})::text, '0123456789', 'abcdefghij') as what
      from order_messages
    ) dead`
}

async function median(read: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < TIMES; i++) times.push(await once(read))
  return times.toSorted((a, b) => a - b)[(TIMES - 1) / 2]!
}

async function once(work: () => Promise<unknown>): Promise<number> {
  const begun_at = performance.now()
  await work()
  return performance.now() - begun_at
}
