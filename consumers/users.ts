/**
 * People: decode and check, upsert into the table of records (HISTORY_URL; keyspace dsa_dados_usuarios), then, in one transaction, the
 * projection that is searched and a dead letter for each message that is no person.
 *
 * When an engine is away the batch fails, and comes again. Any step may be repeated: people are upserted by their id and the time of
 * their message, and a letter is stored once for a message.
 */
import { PEOPLE_GROUP, type PeopleConfig } from '../db/people/config.ts'
import { storeLetters } from '../db/dead-letters/letters.ts'
import type { RecordTable } from '../db/engines/history/records.ts'
import type { StoredMessage, StreamConsumer } from '../db/engines/stream/stream.ts'
import { letterOf, replayOf, writtenAt } from '../db/people/letters.ts'
import { readPerson, type Rejection } from '../db/people/read-person.ts'
import { announcePeople, storePeople, type ReceivedPerson } from '../db/people/store-people.ts'
import { messageOf } from '../lib/errors.ts'
import type { Log } from '../lib/log.ts'
import { isAboutData } from './refused-data.ts'
import { runStream, type ConsumerDb, type CountMessages, type StreamDefinition } from './run-stream.ts'

/**
 * - initial: everything in the topic, each time it is started.
 * - append: only what is new; a group that has never read begins at the end of the topic.
 * - resume: a group that has never read begins at the beginning.
 */
export const USERS_MODES = ['initial', 'append', 'resume'] as const
export type UsersMode = (typeof USERS_MODES)[number]

/** In mode initial all is read again, unless somebody is reading already. */
export async function startUsers(
  config: PeopleConfig,
  mode: UsersMode,
  db: ConsumerDb,
  log: Log,
  count?: CountMessages,
): Promise<StreamConsumer> {
  if (mode === 'initial' && !(await db.stream.forget(PEOPLE_GROUP)))
    log.warn({ group: PEOPLE_GROUP }, 'others are reading people: they go on where they are, and this one joins them')
  return runStream(users(db, config, mode), db.stream, log, count)
}

export function users(db: ConsumerDb, { topic, table }: PeopleConfig, mode: UsersMode): StreamDefinition {
  return {
    name: 'users',
    topic,
    group: PEOPLE_GROUP,
    from: mode === 'append' ? 'latest' : 'earliest',
    async handle(messages, { log, signal, count }) {
      const { stored, rejected } = await store(db, table, messages, signal)
      const { partition } = messages[0]!
      log.info({ stored, rejected: rejected.length, partition }, 'people handled')
      logRejected(log, rejected)
      count('stored', stored)
      for (const [reason, some] of byReason(rejected)) count(reason, some.length)
    },
  }
}

interface Outcome {
  stored: number
  rejected: Rejected[]
}

/** Stores a batch; where an engine refuses what is in it, each message by itself, so that one does not hold up the others. */
async function store(
  db: ConsumerDb,
  table: RecordTable,
  messages: StoredMessage[],
  signal: AbortSignal,
): Promise<Outcome> {
  const received: ReceivedPerson[] = []
  const rejected: Rejected[] = []
  for (const message of messages) {
    const read = readPerson(message.value)
    if ('reason' in read) rejected.push({ message, rejection: read })
    else received.push({ person: read, written_at: writtenAt(message), replay_of: replayOf(message) })
  }
  try {
    await write(db, table, received, rejected, signal)
    return { stored: received.length, rejected }
  } catch (thrown) {
    if (!isAboutData(thrown) || received.length === 0) throw thrown
    if (messages.length > 1) {
      const outcomes: Outcome[] = []
      for (const message of messages) outcomes.push(await store(db, table, [message], signal))
      return {
        stored: outcomes.reduce((sum, { stored }) => sum + stored, 0),
        rejected: outcomes.flatMap(({ rejected }) => rejected),
      }
    }
    const rejection: Rejection = { reason: 'unstorable', detail: messageOf(thrown), id: received[0]!.person.id }
    const refused = [{ message: messages[0]!, rejection }]
    await write(db, table, [], refused, signal)
    return { stored: 0, rejected: refused }
  }
}

async function write(
  db: ConsumerDb,
  table: RecordTable,
  received: ReceivedPerson[],
  rejected: Rejected[],
  signal: AbortSignal,
): Promise<void> {
  await db.history.upsert(
    table,
    received.map(({ person: { id, ...values }, written_at }) => ({ key: id, values, written_at })),
  )
  // The partition may belong to another member by now, which does the same again.
  signal.throwIfAborted()
  await db.sql.begin(async (tx) => {
    await storePeople(tx, received)
    await storeLetters(
      tx,
      rejected.map(({ message, rejection }) => letterOf(message, rejection)),
    )
    await announcePeople(tx)
  })
}

interface Rejected {
  message: StoredMessage
  rejection: Rejection
}

const byReason = (rejected: Rejected[]) => Map.groupBy(rejected, ({ rejection }) => rejection.reason)

/** A line per reason, with the first place; a person's data is in no log. */
function logRejected(log: Log, rejected: Rejected[]): void {
  for (const [reason, some] of byReason(rejected)) {
    const { partition, offset, headers } = some[0]!.message
    const first = { partition, offset, trace_id: headers.trace_id }
    log.warn({ reason, rejected: some.length, first }, 'messages that are no people became dead letters')
  }
}
