import type { KafkaDriver } from '../driver.ts'
import { joinGroup } from './group.ts'
import { openProducer } from './producer.ts'

export const kafkajsDriver: KafkaDriver = { openProducer, joinGroup }
