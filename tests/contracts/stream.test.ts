import { setDefaultTimeout } from 'bun:test'
import { STREAM_CLIENTS } from '../../db/engines/stream/kafka/url.ts'
import { testDatabase } from '../kit/database.ts'
import { onEngine } from '../kit/engines.ts'
import { removeKafkaPrefix, withPrefix } from '../engines/kafka-engine.ts'
import { streamContract } from './stream.contract.ts'

setDefaultTimeout(120_000)

streamContract('sql', async () => {
  const database = await testDatabase()
  return { engine: { driver: 'sql', url: database.url }, close: database.close }
})

for (const client of STREAM_CLIENTS)
  onEngine(`kafka through ${client}`, 'STREAM_URL', (shared) => {
    const url = withPrefix(shared)
    streamContract(`kafka through ${client}`, async () => ({
      engine: { driver: 'kafka', url, client },
      close: () => removeKafkaPrefix(url),
    }))
  })
