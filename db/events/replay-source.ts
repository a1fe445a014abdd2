/** Events as what dead letters can be replayed into, and what a replay of them does. */
import type { Sql } from 'postgres'
import { isEdited } from '../dead-letters/edit.ts'
import type { Letter } from '../dead-letters/letters.ts'
import type { Effect, EffectsOf } from '../dead-letters/replays/start.ts'
import type { ReplayOutcome, ReplaySource, SentLetter } from '../dead-letters/source.ts'
import type { Message, Stream } from '../engines/stream/stream.ts'
import { originalKey, originalValue, replayDeaths, UNREADABLE } from './deaths.ts'
import { EVENTS_TOPIC } from './event.ts'
import { FAILED, REPLAY, REPLAY_OF, withoutFailure } from './failed-message.ts'
import { eventsLetters, readObject } from './letter-source.ts'

export const eventsReplays = (stream: Pick<Stream, 'produce'>): ReplaySource => ({
  ...eventsLetters,
  publish: (letters) => stream.produce(EVENTS_TOPIC, letters.map(messageAgain)),
  outcomes,
})

/** The original key, bytes, headers and time. An edited event goes where the events of its sku go. */
function messageAgain(letter: SentLetter & Pick<Letter, 'body' | 'headers'>): Message {
  const { id, replay, body, headers } = letter
  const sku = isEdited(letter) ? readObject(body)?.sku : undefined
  const produced_at = headers[FAILED.produced_at]
  return {
    key: typeof sku === 'string' ? sku : originalKey(headers),
    value: originalValue(letter),
    headers: {
      ...withoutFailure(headers),
      [REPLAY]: String(replay + 1),
      [REPLAY_OF]: id,
      ...(produced_at !== undefined && { [FAILED.produced_at]: produced_at }),
    },
  }
}

/** By the notes of the consumer, which has the letters that were passed on, and by the letters that they became. */
async function outcomes(sql: Sql, letters: SentLetter[]): Promise<ReplayOutcome[]> {
  const deaths = letters.map(({ id }) => replayDeaths(id))
  const rows = await sql<{ id: string; passed_on: boolean; died_as: string | null }[]>`
    select sent.id, r.letter_id is not null as passed_on, l.id as died_as
    from unnest(
      ${letters.map(({ id }) => id)}::uuid[], ${deaths.map(([death]) => death)}::text[],
      ${deaths.map(([, unreadable]) => unreadable)}::text[]
    ) as sent (id, death, unreadable)
      left join event_replays r on r.letter_id = sent.id
      left join lateral (select id from letters where death in (sent.death, sent.unreadable) order by id limit 1) l on true
    where r.letter_id is not null or l.id is not null`
  return rows.map(({ id, passed_on, died_as }) =>
    passed_on ? { id, state: 'succeeded', died_as: null } : { id, state: 'died_again', died_as },
  )
}

/** What replaying events does, as far as their reasons tell. */
export const eventEffects: EffectsOf = async (sql, selected) => {
  const [{ history, conflicts, unreadable }] = await sql<[Record<'history' | 'conflicts' | 'unreadable', number>]>`
    select (count(*) filter (where l.reason <> 'conflict' and readable))::int as history,
      (count(*) filter (where l.reason = 'conflict'))::int as conflicts,
      (count(*) filter (where not readable))::int as unreadable
    from (${selected}) s join letters l on l.id = s.id
      cross join lateral (select not starts_with(s.death, ${UNREADABLE})) as r (readable)`
  const effects: Effect[] = [
    {
      effect: 'history',
      count: history,
      detail: {
        en: `${history} events come to the history and to events.processed, where what they failed of is repaired.`,
        pt: `${history} eventos chegam ao histórico e a events.processed, se a causa da falha foi corrigida.`,
      },
    },
    {
      effect: 'dies_again',
      count: conflicts,
      detail: {
        en: `${conflicts} die again, unless the other event with their event_id is forgotten by now: the first content stands.`,
        pt: `${conflicts} morrem de novo, a não ser que o outro evento com o mesmo event_id já tenha sido esquecido: vale o primeiro conteúdo.`,
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
