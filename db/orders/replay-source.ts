/** Orders as what dead letters can be replayed into, and what a replay of them does. */
import type { Sql } from 'postgres'
import type { Effect, EffectsOf } from '../dead-letters/replays/start.ts'
import type { ReplayOutcome, ReplaySource, SentLetter } from '../dead-letters/source.ts'
import type { Letter } from '../dead-letters/letters.ts'
import type { Queue, QueueMessage } from '../engines/queue/queue.ts'
import type { RetryPolicy } from './config.ts'
import { deathOf, isReadable, UNREADABLE, unreadableDeathOf } from './deaths.ts'
import { ordersLetters } from './letter-source.ts'
import { copyId, ORDERS_QUEUE, REPLAY_OF } from './message.ts'

export const ordersReplays = (queue: Pick<Queue, 'publish'>): ReplaySource => ({
  ...ordersLetters,
  publish: (letters) => queue.publish(ORDERS_QUEUE, letters.map(messageAgain)),
  outcomes,
})

/** The message with its original bytes and headers, as its next replay. */
function messageAgain(letter: SentLetter & Pick<Letter, 'body' | 'headers'>): QueueMessage {
  const { id, message_id, replay, body, headers } = letter
  const { 'attempts-before': _, ...kept } = headers
  const again = replay + 1
  // An id of its own: in sql, one that is still queued could not be published.
  const own_id = copyId(message_id, again, 0)
  return {
    id: Buffer.byteLength(own_id) <= MAX_ID_BYTES ? own_id : id,
    body,
    headers: { ...kept, replay: String(again), [REPLAY_OF]: id },
  }
}

const MAX_ID_BYTES = 255

/** By the ledger, which has every message that was read, and by the letters that they became. */
async function outcomes(sql: Sql, letters: SentLetter[]): Promise<ReplayOutcome[]> {
  type Row = { id: string; state: string; was_replayed: boolean; died_as: string | null }
  const rows = await sql<Row[]>`
    select sent.id, m.state, m.replay > sent.replay as was_replayed, l.id as died_as
    from unnest(
      ${letters.map(({ id }) => id)}::uuid[], ${letters.map(ledgerIdOf)}::uuid[], ${letters.map(({ replay }) => replay + 1)}::int[],
      ${letters.map((letter) => String(!isReadable(letter)))}::text[]::boolean[],
      ${letters.map(({ left_at }) => left_at!.toISOString())}::timestamptz[],
      ${letters.map(({ message_id, replay }) => deathOf(message_id, replay + 1))}::text[],
      ${letters.map(({ id }) => unreadableDeathOf(id))}::text[]
    ) as sent (id, message_id, replay, unreadable, left_at, death, unreadable_death)
    left join lateral (
      select state, replay from order_messages o
      where o.message_id = sent.message_id and o.replay >= sent.replay
        -- Another message may have the id that this one only claims to have.
        and (not sent.unreadable or o.begun_at >= sent.left_at)
    ) m on true
    left join lateral (
      select id from letters where death in (sent.death, sent.unreadable_death) and died_at >= sent.left_at
      order by id limit 1
    ) l on true
    where l.id is not null or m.state is not null`
  return rows.flatMap(({ id, state, was_replayed, died_as }): ReplayOutcome[] => {
    if (died_as !== null || was_replayed || state === 'dead' || state === 'purged')
      return [{ id, state: 'died_again', died_as }]
    return state === 'output' ? [{ id, state: 'succeeded', died_as: null }] : []
  })
}

/** Of a message that could not be read the broker's id begins with it, where it has one. */
const ledgerIdOf = ({ message_id }: SentLetter): string | null => message_id.match(LEADING_UUID)?.[0] ?? null
const LEADING_UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/

/** What replaying orders does: attempts in the journal, rows in the output, and what will surely die again. */
export const orderEffects =
  ({ max_attempts }: RetryPolicy): EffectsOf =>
  async (sql, selected) => {
    const [{ attempts, output, dies_again, unreadable }] = await sql<
      [Record<'attempts' | 'output' | 'dies_again' | 'unreadable', number>]
    >`
      with needs as (
        select coalesce((convert_from(s.edited_body, 'UTF8')::json ->> 'required_attempts')::int, m.required_attempts) as needed,
          starts_with(s.death, ${UNREADABLE}) as unreadable
        from (${selected}) s left join order_messages m
          on m.message_id = case when not starts_with(s.death, ${UNREADABLE}) then s.message_id end::uuid
      )
      select coalesce(sum(least(needed, ${max_attempts}::int)) filter (where needed is not null), 0)::int as attempts,
        (count(*) filter (where needed <= ${max_attempts}::int))::int as output,
        (count(*) filter (where needed > ${max_attempts}::int))::int as dies_again,
        (count(*) filter (where unreadable))::int as unreadable
      from needs`
    const effects: Effect[] = [
      {
        effect: 'attempts',
        count: attempts,
        detail: { en: `${attempts} attempts, each in the journal.`, pt: `${attempts} tentativas, cada uma no diário.` },
      },
      {
        effect: 'output',
        count: output,
        detail: { en: `${output} orders come to the output.`, pt: `${output} pedidos chegam à saída.` },
      },
      {
        effect: 'dies_again',
        count: dies_again,
        detail: {
          en: `${dies_again} surely die again: they need more than ${max_attempts} attempts.`,
          pt: `${dies_again} com certeza morrem de novo: precisam de mais de ${max_attempts} tentativas.`,
        },
      },
      {
        effect: 'unreadable',
        count: unreadable,
        detail: {
          en: `${unreadable} could not be read; they die again unless the consumer can read them by now.`,
          pt: `${unreadable} não puderam ser lidas; morrem de novo, a não ser que o consumidor já saiba lê-las.`,
        },
      },
    ]
    return effects.filter(({ count }) => count > 0)
  }
