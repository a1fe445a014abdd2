import { setDefaultTimeout } from 'bun:test'
import { createSqlHistory } from '../../db/engines/history/sql/history.ts'
import { testDatabase } from '../kit/database.ts'
import { freshKeyspace } from '../engines/cassandra-keyspace.ts'
import { onEngine } from '../kit/engines.ts'
import { historyContract } from './history.contract.ts'
import { historyRecordsContract } from './history-records.contract.ts'

setDefaultTimeout(120_000)

historyContract('sql', async () => {
  const database = await testDatabase()
  const again = async () => createSqlHistory(database.sql)
  return { history: await again(), again, close: database.close }
})

historyRecordsContract('sql', async () => {
  const database = await testDatabase()
  const again = async () => createSqlHistory(database.sql)
  return {
    history: await again(),
    again,
    keyspace: 'records',
    run: async (statement) => [...(await database.sql.unsafe<Record<string, unknown>[]>(statement))],
    close: database.close,
  }
})

onEngine('Cassandra', 'HISTORY_URL', (url) => {
  historyContract('cassandra', async () => {
    const { open, remove } = await freshKeyspace(url)
    const history = await open()
    return {
      history,
      again: open,
      async close() {
        await history.close()
        await remove()
      },
    }
  })

  historyRecordsContract('cassandra', async () => {
    const { open, remove, ask, keyspace: made } = await freshKeyspace(url)
    const history = await open()
    const keyspace = `${made}_r`
    const patiently = { prepare: false, readTimeout: 60_000 }
    const run = (statement: string) =>
      ask(async (client) => (await client.execute(statement, [], patiently)).rows?.map((row) => ({ ...row })) ?? [])
    return {
      history,
      again: open,
      keyspace,
      run,
      async close() {
        await history.close()
        await run(`drop keyspace if exists ${keyspace}`)
        await remove()
      },
    }
  })
})
