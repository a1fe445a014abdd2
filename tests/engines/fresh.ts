/** Names of its own on every engine, so that a test file shares servers with others, but nothing on them. */
import postgres from 'postgres'
import { dropDatabase } from '../../db/engines/postgres/drop-database.ts'
import { Client } from 'cassandra-driver'

export interface FreshUrls {
  /** The role variables, each with a database, keyspace, bucket or prefix that nobody else uses. */
  variables: Record<string, string>
  /** Removes what takes room on the servers. */
  remove(): Promise<void>
}

/** Reads the variables that `bun run test:engines` sets. */
export async function freshUrls(env: Record<string, string | undefined> = process.env): Promise<FreshUrls> {
  const id = `test_${crypto.randomUUID().slice(0, 8)}`
  const changed = (name: string, change: (url: URL) => void) => {
    const url = new URL(env[name]!)
    change(url)
    return url.href
  }
  const admin = postgres(env.DATABASE_URL!, { max: 1, onnotice: () => {} })
  await admin`create database ${admin(id)}`
  const variables = {
    DATABASE_URL: changed('DATABASE_URL', (url) => (url.pathname = `/${id}`)),
    CACHE_URL: changed('CACHE_URL', (url) => url.searchParams.set('prefix', `${id}:`)),
    STREAM_URL: changed('STREAM_URL', (url) => url.searchParams.set('prefix', `${id}.`)),
    QUEUE_URL: env.QUEUE_URL!,
    HISTORY_URL: changed('HISTORY_URL', (url) => (url.pathname = `/${id}`)),
    JOURNAL_URL: changed('JOURNAL_URL', (url) => (url.pathname = `/${id}`)),
    OBJECTS_URL: changed('OBJECTS_URL', (url) => (url.host = id.replace('_', '-'))),
    AWS_ACCESS_KEY_ID: env.AWS_ACCESS_KEY_ID!,
    AWS_SECRET_ACCESS_KEY: env.AWS_SECRET_ACCESS_KEY!,
  }
  return {
    variables,
    async remove() {
      await dropDatabase(admin, id)
      await admin.end()
      const { username, password, host, searchParams } = new URL(env.HISTORY_URL!)
      const cassandra = new Client({
        contactPoints: [host],
        localDataCenter: searchParams.get('dc')!,
        ...(username && { credentials: { username, password } }),
      })
      await cassandra.execute(`drop keyspace if exists ${id}`)
      await cassandra.shutdown()
    },
  }
}
