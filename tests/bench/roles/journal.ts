/** The journal: documents written in calls of a consumer's size, and those of one key found. */
import type { Sql } from 'postgres'
import { openJournal } from '../../../db/engines/journal/open.ts'
import type { Journal, JournalDocument } from '../../../db/engines/journal/journal.ts'
import type { Figure } from '../main.ts'
import { andThen, type Ground } from './engines.ts'
import { bareMongodb } from './mongodb.ts'
import { inRounds, inTurns, perSecond, rate } from './timing.ts'

const BATCH = 100
const KEYS = 200
const FINDERS = 16
const TTL_S = 3600
const NOTE = 'n'.repeat(200)

/** What both sides do, each in a collection of its own. */
export interface JournalSide {
  write(documents: JournalDocument[], ttl_s: number): PromiseLike<unknown>
  find(key: string, limit: number): PromiseLike<unknown>
}

export async function journalFigures({ db, log, fresh, onEngine }: Ground): Promise<Figure[]> {
  await db.sql`create table bare_journal (id text primary key, key text, at timestamptz, data jsonb, expires_at timestamptz)`
  await db.sql`create index on bare_journal (key, at)`
  const sql = await figures('sql', side(db.journal), bareSql(db.sql), 'upsert and select of postgres.js')
  const mongodb = await onEngine('journal on MongoDB', 'JOURNAL_URL', async (url) => {
    const own = new URL(url)
    own.pathname = `/${fresh}`
    const journal = await openJournal({ url: own.href, sql: db.sql, log })
    const bare = await bareMongodb(own.href)
    return andThen(
      () =>
        figures(
          'mongodb',
          side(journal),
          bare,
          'mongodb, bulkWrite of upserts, unordered, and find with the TTL index',
        ),
      async () => {
        await journal.close()
        await bare.close()
      },
    )
  })
  return [...sql, ...mongodb]
}

async function figures(driver: string, ours: JournalSide, bare: JournalSide, how: string): Promise<Figure[]> {
  const count = 3_000
  let serial = 0
  const writes = (one: JournalSide) => () =>
    rate(count, async () => {
      for (let n = 0; n < count; n += BATCH)
        await one.write(
          Array.from({ length: BATCH }, () => document(serial++)),
          TTL_S,
        )
    })
  const finds = (one: JournalSide) => () =>
    rate(1_000, () => inTurns(1_000, FINDERS, (n) => one.find(`key-${n % KEYS}`, 20)))
  const written = await inRounds(writes(ours), writes(bare))
  const found = await inRounds(finds(ours), finds(bare))
  return [
    perSecond(`journal write, ${driver}`, written, '', `${count} documents, ${BATCH} a call; bare: ${how}`),
    perSecond(`journal find, ${driver}`, found, '', `oldest 20 of a key, ${FINDERS} callers; bare: ${how}`),
  ]
}

const document = (n: number): JournalDocument => ({
  id: `document-${n}`,
  key: `key-${n % KEYS}`,
  at: new Date(1_700_000_000_000 + n),
  data: { status: 'ok', attempt: n % 5, note: NOTE },
})

const side = (journal: Journal): JournalSide => ({
  write: (documents, ttl_s) => journal.write('bench', documents, ttl_s),
  find: (key, limit) => journal.find('bench', key, limit),
})

const bareSql = (sql: Sql): JournalSide => ({
  write: (documents, ttl_s) => sql`
    insert into bare_journal
    select id, key, at, data::jsonb, now() + make_interval(secs => ${ttl_s}) from unnest(
      ${documents.map(({ id }) => id)}::text[], ${documents.map(({ key }) => key)}::text[],
      ${documents.map(({ at }) => at.toISOString())}::timestamptz[], ${documents.map(({ data }) => JSON.stringify(data))}::text[]
    ) as documents (id, key, at, data)
    on conflict (id) do update set key = excluded.key, at = excluded.at, data = excluded.data, expires_at = excluded.expires_at`,
  find: (key, limit) => sql`
    select id, key, at, data from bare_journal where key = ${key} and expires_at > now() order by at, id limit ${limit}`,
})
