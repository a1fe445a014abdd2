/** The driver on kafkajs, the default. */
import type { Log } from '../../../../../lib/log.ts'
import type { KafkaClient } from '../client.ts'
import type { KafkaDriver } from '../driver.ts'
import { joinGroup } from './group.ts'
import { openProducer } from './producer.ts'

export const kafkajsDriver = (client: KafkaClient, log: Log): KafkaDriver => ({
  openProducer: () => openProducer(client),
  joinGroup: (options, events) => joinGroup(client, log, options, events),
})
