/** The driver on @platformatic/kafka (STREAM_CLIENT=platformatic). */
import type { KafkaDriver } from '../driver.ts'
import { joinGroup } from './group.ts'
import { openProducer } from './producer.ts'

export const platformaticDriver: KafkaDriver = { openProducer, joinGroup }
