/** A keyspace of its own for a test file, on the Cassandra that HISTORY_URL names. */
import type { Client } from 'cassandra-driver'
import { createCassandraHistory } from '../../db/engines/history/cassandra/history.ts'
import { endClient, startClient } from '../../db/engines/history/cassandra/client.ts'
import { readCassandraUrl } from '../../db/engines/history/cassandra/url.ts'
import { createLog } from '../../lib/log.ts'
import { testDatabase } from '../kit/database.ts'
import { until } from '../kit/program.ts'

/** Changing the schema takes a while on a machine with much else to do. */
const PATIENTLY = { prepare: false, readTimeout: 60_000 }

let made = 0

export async function freshKeyspace(url: string) {
  const database = await testDatabase()
  const keyspace = `test_${process.pid}_${++made}_${Math.random().toString(36).slice(2, 8)}`
  const ours = withKeyspace(url, keyspace)
  return {
    url: ours,
    keyspace,
    sql: database.sql,
    /** Connected, also on a machine where the first contact comes too late. */
    async open(log = createLog('test', 'silent')) {
      const history = await createCassandraHistory(ours, database.sql, log)
      const answers = () =>
        history.read('unwritten', 'p', { limit: 1 }).then(
          () => true,
          () => false,
        )
      await until('Cassandra', answers, 60_000)
      return history
    },
    ask: <T>(question: (client: Client) => Promise<T>) => ask(ours, question),
    async remove() {
      await ask(url, (client) => client.execute(`drop keyspace if exists ${keyspace}`, [], PATIENTLY))
      await database.close()
    },
  }
}

export function withKeyspace(url: string, keyspace: string): string {
  return url.replace(/(\w)\/[^/?]*(\?|$)/, `$1/${keyspace}$2`)
}

/** Asks with the bare driver. */
export async function ask<T>(url: string, question: (client: Client) => Promise<T>): Promise<T> {
  const started = startClient(readCassandraUrl(url).endpoint)
  try {
    await started.connected
    return await question(started.client)
  } finally {
    await endClient(started)
  }
}
