/** The driver on @platformatic/kafka (STREAM_CLIENT=platformatic). */
import type { Log } from '../../../../../lib/log.ts'
import type { KafkaClient } from '../client.ts'
import type { KafkaDriver } from '../driver.ts'
import { PlatformaticMember } from './group.ts'
import { openProducer } from './producer.ts'

export const platformaticDriver = (client: KafkaClient, log: Log): KafkaDriver => ({
  openProducer: () => openProducer(client),
  joinGroup: (options, events) => new PlatformaticMember(client, log, options, events),
})
