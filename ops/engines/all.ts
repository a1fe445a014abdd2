import type { Engine } from './engine.ts'
import { postgresql } from './postgresql.ts'
import { rabbitmq } from './rabbitmq.ts'
import { redis } from './redis.ts'

export const ENGINES: readonly Engine[] = [postgresql, redis, rabbitmq]
