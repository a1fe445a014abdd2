/** The history: rows written in large calls, and the newest page of a partition read. */
import { Client, concurrent, types } from 'cassandra-driver'
import type { Sql } from 'postgres'
import { createCassandraHistory } from '../../../db/engines/history/cassandra/history.ts'
import { readCassandraUrl } from '../../../db/engines/history/cassandra/url.ts'
import type { History, HistoryRow } from '../../../db/engines/history/history.ts'
import type { Figure } from '../main.ts'
import { andThen, type Ground } from './engines.ts'
import { BATCH, inRounds, inTurns, perSecond, rate } from './timing.ts'

const PARTITIONS = 50
const PAGE = 50
const READERS = 16
const NOTE = 'n'.repeat(200)

interface Side {
  write(rows: HistoryRow[]): PromiseLike<unknown>
  page(partition: string): PromiseLike<unknown>
}

export async function historyFigures({ db, log, fresh, onEngine }: Ground): Promise<Figure[]> {
  await db.sql`create table bare_history (partition text, at timestamptz, id text, data jsonb, primary key (partition, at, id))`
  const sql = await figures('sql', 20_000, side(db.history), bareSql(db.sql), 'insert and select of postgres.js')
  const cassandra = await onEngine('history on Cassandra', 'HISTORY_URL', async (url) => {
    const own = new URL(url)
    own.pathname = `/${fresh}`
    const history = await createCassandraHistory(own.href, db.sql, log)
    const client = await bareClient(own.href)
    const how = 'executeConcurrent with 128 under way, prepared, with a timestamp, LOCAL_QUORUM'
    return andThen(
      () => figures('cassandra', 5_000, side(history), bareCassandra(client), how),
      async () => {
        await history.close()
        await client.execute(`drop keyspace ${fresh}`, [], { prepare: false })
        await client.shutdown()
      },
    )
  })
  return [...sql, ...cassandra]
}

async function figures(driver: string, count: number, ours: Side, bare: Side, how: string): Promise<Figure[]> {
  let serial = 0
  const writes = (one: Side) => () =>
    rate(count, async () => {
      for (let n = 0; n < count; n += BATCH) await one.write(Array.from({ length: BATCH }, () => row(serial++)))
    })
  const reads = (one: Side) => () => rate(500, () => inTurns(500, READERS, (n) => one.page(`sku-${n % PARTITIONS}`)))
  const written = await inRounds(writes(ours), writes(bare))
  const read = await inRounds(reads(ours), reads(bare))
  return [
    perSecond(`history write, ${driver}`, written, 'ratio >= 0.8', `${count} rows, ${BATCH} a call; bare: ${how}`),
    perSecond(`history read, ${driver}`, read, '', `newest ${PAGE} of a partition, ${READERS} readers; bare: ${how}`),
  ]
}

const row = (n: number): HistoryRow => ({
  partition: `sku-${n % PARTITIONS}`,
  at: new Date(1_700_000_000_000 + n),
  id: `row-${n}`,
  data: { kind: 'sale', quantity: n % 7, note: NOTE },
})

const side = (history: History): Side => ({
  write: (rows) => history.write('bench', rows),
  page: (partition) => history.read('bench', partition, { limit: PAGE }),
})

const bareSql = (sql: Sql): Side => ({
  write: (rows) => sql`
    insert into bare_history select partition, at, id, data::jsonb from unnest(
      ${rows.map(({ partition }) => partition)}::text[], ${rows.map(({ at }) => at.toISOString())}::timestamptz[],
      ${rows.map(({ id }) => id)}::text[], ${rows.map(({ data }) => JSON.stringify(data))}::text[]
    ) as rows (partition, at, id, data)
    on conflict (partition, at, id) do update set data = excluded.data`,
  page: (partition) => sql`
    select * from bare_history where partition = ${partition} order by at desc, id desc limit ${PAGE}`,
})

async function bareClient(url: string): Promise<Client> {
  const { hosts, port, user, password, keyspace, datacenter } = readCassandraUrl(url).endpoint
  const client = new Client({
    contactPoints: hosts,
    localDataCenter: datacenter,
    keyspace,
    protocolOptions: { port },
    ...(user !== undefined && { credentials: { username: user, password: password ?? '' } }),
    queryOptions: { consistency: types.consistencies.localQuorum, prepare: true },
  })
  await client.connect()
  const table =
    'create table bare (partition text, at timestamp, id text, data text, primary key ((partition), at, id))'
  await client.execute(`${table} with clustering order by (at desc, id desc)`, [], { prepare: false })
  return client
}

const INSERT = 'insert into bare (partition, at, id, data) values (?, ?, ?, ?) using timestamp ?'

const bareCassandra = (client: Client): Side => ({
  write(rows) {
    const values = rows.map(({ partition, at, id, data }) => [
      partition,
      at,
      id,
      JSON.stringify(data),
      Date.now() * 1000,
    ])
    return concurrent.executeConcurrent(client, INSERT, values, { concurrencyLevel: 128 })
  },
  async page(partition) {
    const { rows } = await client.execute(`select * from bare where partition = ? limit ${PAGE}`, [partition])
    return rows.map(({ at, id, data }) => ({ at, id, data: JSON.parse(data) }))
  },
})
