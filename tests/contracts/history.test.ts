import { setDefaultTimeout } from 'bun:test'
import { createSqlHistory } from '../../db/engines/history/sql/history.ts'
import { testDatabase } from '../kit/database.ts'
import { freshKeyspace } from '../engines/cassandra-keyspace.ts'
import { onEngine } from '../kit/engines.ts'
import { historyContract } from './history.contract.ts'

setDefaultTimeout(120_000)

historyContract('sql', async () => {
  const database = await testDatabase()
  const again = async () => createSqlHistory(database.sql)
  return { history: await again(), again, close: database.close }
})

onEngine('Cassandra', 'HISTORY_URL', (url) =>
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
  }),
)
