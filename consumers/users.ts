/**
 * People: decode and check, upsert into the table of records (HISTORY_URL; keyspace dsa_dados_usuarios), then into the projection that
 * is searched; at last a dead letter for each message that is no person, unless the batch is a part of a storm.
 *
 * When an engine is away the batch fails, and comes again. Any step may be repeated: people are upserted by their id and the time of
 * their message, and a letter is stored once for a message.
 */
import { hostname } from 'node:os'
import { PEOPLE_GROUP, type PeopleConfig } from '../db/people/config.ts'
import { deathsKnown, storeLetters } from '../db/dead-letters/letters.ts'
import type { RecordTable } from '../db/engines/history/records.ts'
import type { StoredMessage, StreamConsumer } from '../db/engines/stream/stream.ts'
import { letterOf, PEOPLE_SOURCE, replayOf, writtenAt } from '../db/people/letters.ts'
import type { Person } from '../db/people/person.ts'
import { readPerson, type Rejection } from '../db/people/read-person.ts'
import { announcePeople, storePeople } from '../db/people/store-people.ts'
import { AppError, messageOf } from '../lib/errors.ts'
import type { Log } from '../lib/log.ts'
import { createRetry } from '../lib/retry.ts'
import { BatchBreaker, StormError } from './batch-breaker.ts'
import { isAboutData } from './refused-data.ts'
import { runStream, type ConsumerDb, type CountMessages, type StreamDefinition } from './run-stream.ts'

/**
 * - initial: everything in the topic, each time it is started.
 * - append: only what is new; a group that has never read begins at the end of the topic.
 * - resume: a group that has never read begins at the beginning.
 */
export const USERS_MODES = ['initial', 'append', 'resume'] as const
export type UsersMode = (typeof USERS_MODES)[number]

/**
 * In mode initial all is read again, unless somebody is reading already; a stream that is away then is waited for in the background.
 * `again_ms`: see BatchBreaker.
 */
export async function startUsers(
  config: PeopleConfig,
  mode: UsersMode,
  db: ConsumerDb,
  log: Log,
  count?: CountMessages,
  again_ms?: number,
): Promise<StreamConsumer> {
  const start = () => runStream(users(db, config, mode, again_ms), db.stream, log, count)
  if (mode !== 'initial') return start()
  const startAnew = async () => {
    if (!(await db.stream.forget(PEOPLE_GROUP)))
      log.warn({ group: PEOPLE_GROUP }, 'others are reading people: they go on where they are, and this one joins them')
    return start()
  }
  try {
    return await startAnew()
  } catch (thrown) {
    if (!(thrown instanceof AppError && thrown.code === 'stream_unavailable')) throw thrown
    return startLater(startAnew, log)
  }
}

/** Tries to start it until it is stopped. */
function startLater(start: () => Promise<StreamConsumer>, log: Log): StreamConsumer {
  const leaving = new AbortController()
  const retry = createRetry(log, 'the consumer of people', 'the stream')
  const started = retry(start, leaving.signal).catch(() => undefined)
  return {
    async stop() {
      leaving.abort()
      await (await started)?.stop()
    },
  }
}

export function users(
  db: ConsumerDb,
  { topic, table }: PeopleConfig,
  mode: UsersMode,
  again_ms?: number,
): StreamDefinition {
  const worker = `${hostname()}:${process.pid}`
  const breaker = new BatchBreaker({ sql: db.sql, source: PEOPLE_SOURCE, worker, again_ms })
  return {
    name: 'users',
    topic,
    group: PEOPLE_GROUP,
    from: mode === 'append' ? 'latest' : 'earliest',
    storms: { breaker, sql: db.sql },
    async handle(messages, { log, signal, count }) {
      const people: Received[] = []
      const rejected: Rejected[] = []
      for (const message of messages) {
        const read = readPerson(message.value ?? NO_BYTES)
        if ('reason' in read) rejected.push({ message, rejection: read })
        else people.push({ message, person: read })
      }
      rejected.push(...(await store(db, table, people, signal)))
      await reject(db, breaker, messages, rejected, signal)
      const stored = messages.length - rejected.length
      const { partition } = messages[0]!
      log.info({ stored, rejected: rejected.length, partition }, 'people handled')
      logRejected(log, rejected)
      count('stored', stored)
      for (const [reason, some] of byReason(rejected)) count(reason, some.length)
    },
  }
}

const NO_BYTES = new Uint8Array()

interface Received {
  message: StoredMessage
  person: Person
}

interface Rejected {
  message: StoredMessage
  rejection: Rejection
}

/** Stores people; one that an engine refuses is found by halves, so that it does not hold up the others. */
async function store(db: ConsumerDb, table: RecordTable, people: Received[], signal: AbortSignal): Promise<Rejected[]> {
  const [first] = people
  if (!first) return []
  try {
    await write(db, table, people, signal)
    return []
  } catch (thrown) {
    if (!isAboutData(thrown)) throw thrown
    if (people.length === 1) {
      const rejection: Rejection = { reason: 'unstorable', detail: messageOf(thrown), id: first.person.id }
      return [{ message: first.message, rejection }]
    }
    const middle = Math.ceil(people.length / 2)
    return [
      ...(await store(db, table, people.slice(0, middle), signal)),
      ...(await store(db, table, people.slice(middle), signal)),
    ]
  }
}

async function write(db: ConsumerDb, table: RecordTable, people: Received[], signal: AbortSignal): Promise<void> {
  await db.history.upsert(
    table,
    people.map(({ message, person: { id, ...values } }) => ({ key: id, values, written_at: writtenAt(message) })),
  )
  // The partition may belong to another member by now, which does the same again.
  signal.throwIfAborted()
  await db.sql.begin(async (tx) => {
    await storePeople(
      tx,
      people.map(({ message, person }) => ({ person, written_at: writtenAt(message), replay_of: replayOf(message) })),
    )
    await announcePeople(tx)
  })
}

/** The last step. None becomes a dead letter before all of the batch were judged. */
async function reject(
  db: ConsumerDb,
  breaker: BatchBreaker,
  messages: StoredMessage[],
  rejected: Rejected[],
  signal: AbortSignal,
): Promise<void> {
  // In the order of the topic, whatever the reasons.
  const letters = rejected
    .toSorted((a, b) => a.message.offset - b.message.offset)
    .map(({ message, rejection }) => ({ message, letter: letterOf(message, rejection) }))
  // What was a dead letter before, and is read or sent again, says nothing of what comes now.
  const known = await deathsKnown(
    db.sql,
    letters.map(({ letter }) => letter.death),
  )
  const fresh = letters.filter(({ message, letter }) => !known.has(letter.death) && replayOf(message) === undefined)
  const failed = new Set(fresh.map(({ message }) => message))
  const fine = messages.filter((message) => !failed.has(message)).map(placeOf)
  const deaths = fresh.map(({ message, letter: { message_id, reason, detail } }) => ({
    key: placeOf(message),
    message_id,
    reason,
    detail,
  }))
  if (!(await breaker.mayDie({ partition: messages[0]!.partition, fine, deaths }, signal))) throw new StormError()
  if (letters.length === 0) return
  signal.throwIfAborted()
  await db.sql.begin(async (tx) => {
    await storeLetters(
      tx,
      letters.map(({ letter }) => letter),
    )
    await announcePeople(tx)
  })
}

const placeOf = ({ partition, offset }: StoredMessage) => `${partition}/${offset}`

const byReason = (rejected: Rejected[]) => Map.groupBy(rejected, ({ rejection }) => rejection.reason)

/** A line per reason, with the first place; a person's data is in no log. */
function logRejected(log: Log, rejected: Rejected[]): void {
  for (const [reason, some] of byReason(rejected)) {
    const { partition, offset, headers } = some[0]!.message
    const first = { partition, offset, trace_id: headers.trace_id }
    log.warn({ reason, rejected: some.length, first }, 'messages that are no people became dead letters')
  }
}
