/** Checks the engine of each role: reachable, of the right version, with the rights it needs; and how fast it answers. */
import type { DbConfig } from '../../db/engines/config.ts'
import type { Inspection } from '../../db/engines/inspection.ts'
import { withDeadline } from '../../lib/retry.ts'
import { messageOf } from '../../lib/errors.ts'
import { failed, ok, type Finding } from './finding.ts'

type Check = [role: string, run: () => Promise<Finding>]

const DEADLINE_MS = 20_000

/** One check per role whose variable is set. */
export function engineChecks(config: DbConfig): Check[] {
  const engines: Array<[role: string, engine: string, url: string | undefined, inspect: Inspect]> = [
    [
      'cache',
      'Redis',
      config.cache_url,
      async (url) => (await import('../../db/engines/cache/redis/inspect.ts')).inspectRedis(url),
    ],
    [
      'stream',
      'Kafka',
      config.stream_url,
      async (url) => (await import('../../db/engines/stream/kafka/inspect.ts')).inspectKafka(url),
    ],
    [
      'queue',
      'RabbitMQ',
      config.queue_url,
      async (url) => (await import('../../db/engines/queue/rabbitmq/inspect.ts')).inspectRabbitmq(url),
    ],
    [
      'history',
      'Cassandra',
      config.history_url,
      async (url) => (await import('../../db/engines/history/cassandra/inspect.ts')).inspectCassandra(url),
    ],
    [
      'journal',
      'MongoDB',
      config.journal_url,
      async (url) => (await import('../../db/engines/journal/mongodb/inspect.ts')).inspectMongo(url),
    ],
    [
      'objects',
      'S3',
      config.objects_url,
      async (url) => (await import('../../db/engines/objects/s3/inspect.ts')).inspectS3(url),
    ],
  ]
  return engines.flatMap(([role, engine, url, inspect]) =>
    url === undefined ? [] : [[role, () => finding(role, engine, () => inspect(url))] satisfies Check],
  )
}

type Inspect = (url: string) => Promise<Inspection>

async function finding(role: string, engine: string, inspect: () => Promise<Inspection>): Promise<Finding> {
  try {
    const { version, latency_ms, problems } = await withDeadline(inspect(), DEADLINE_MS, engine)
    const found = `${engine} ${version}, answers in ${latency_ms.toFixed(1)} ms`
    if (problems.length === 0) return ok(found)
    return failed(
      `${found}; ${problems.map((problem) => problem.found).join('; ')}`,
      problems.map((problem) => problem.fix).join(' '),
    )
  } catch (thrown) {
    return failed(messageOf(thrown), `Start it, or correct ${role.toUpperCase()}_URL.`)
  }
}
