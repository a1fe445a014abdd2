import { setDefaultTimeout } from 'bun:test'
import { testDatabase } from '../kit/database.ts'
import { onEngine } from '../kit/engines.ts'
import { removeQueues } from '../engines/rabbitmq-place.ts'
import { queueContract } from './queue.contract.ts'

setDefaultTimeout(120_000)

queueContract('sql', async () => {
  const database = await testDatabase()
  return { engine: { driver: 'sql', url: database.url }, close: database.close }
})

onEngine('rabbitmq', 'QUEUE_URL', (queue_url) =>
  queueContract('rabbitmq', async () => {
    const database = await testDatabase()
    return {
      engine: { driver: 'rabbitmq', url: database.url, queue_url },
      async close(names) {
        await removeQueues(queue_url, names)
        await database.close()
      },
    }
  }),
)
