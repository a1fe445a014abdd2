import { cassandra } from './cassandra.ts'
import type { Engine } from './engine.ts'
import { kafka } from './kafka.ts'
import { mongodb } from './mongodb.ts'
import { postgresql } from './postgresql.ts'
import { rabbitmq } from './rabbitmq.ts'
import { redis } from './redis.ts'
import { s3 } from './s3.ts'

export const ENGINES: readonly Engine[] = [cassandra, kafka, mongodb, postgresql, rabbitmq, redis, s3]
