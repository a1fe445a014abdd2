import { setDefaultTimeout } from 'bun:test'
import { testDatabase } from '../kit/database.ts'
import { onEngine } from '../kit/engines.ts'
import { removeKafkaPrefix, withPrefix } from '../engines/kafka-engine.ts'
import { streamContract } from './stream.contract.ts'

setDefaultTimeout(120_000)

streamContract('sql', async () => {
  const database = await testDatabase()
  return { engine: { driver: 'sql', url: database.url }, close: database.close }
})

onEngine('kafka', 'STREAM_URL', (shared) => {
  const url = withPrefix(shared)
  streamContract('kafka', async () => ({ engine: { driver: 'kafka', url }, close: () => removeKafkaPrefix(url) }))
})
