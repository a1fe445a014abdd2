/** Names of its own on every engine, so that a test file shares servers with others, but nothing on them. */
import postgres from 'postgres'
import { dropDatabase } from '../../db/engines/postgres/drop-database.ts'
import { Client } from 'cassandra-driver'

export interface FreshUrls {
  /** The role variables that are set, each with a database, keyspace, bucket or prefix that nobody else uses. */
  variables: Record<string, string>
  /** Removes what takes room on the servers. */
  remove(): Promise<void>
}

/** Reads the variables that `bun run test:engines` sets; DATABASE_URL and HISTORY_URL have to be there. */
export async function freshUrls(env: Record<string, string | undefined> = process.env): Promise<FreshUrls> {
  const id = `test_${crypto.randomUUID().slice(0, 8)}`
  const changed = (name: string, change: (url: URL) => void) => {
    if (!env[name]) return {}
    const url = new URL(env[name])
    change(url)
    return { [name]: url.href }
  }
  const same = (name: string) => (env[name] ? { [name]: env[name] } : {})
  const admin = postgres(env.DATABASE_URL!, { max: 1, onnotice: () => {} })
  await admin`create database ${admin(id)}`
  const variables: Record<string, string> = {
    ...changed('DATABASE_URL', (url) => (url.pathname = `/${id}`)),
    ...changed('CACHE_URL', (url) => url.searchParams.set('prefix', `${id}:`)),
    ...changed('STREAM_URL', (url) => url.searchParams.set('prefix', `${id}.`)),
    ...same('QUEUE_URL'),
    ...changed('HISTORY_URL', (url) => (url.pathname = `/${id}`)),
    ...changed('JOURNAL_URL', (url) => (url.pathname = `/${id}`)),
    ...changed('OBJECTS_URL', (url) => (url.host = id.replace('_', '-'))),
    ...same('AWS_ACCESS_KEY_ID'),
    ...same('AWS_SECRET_ACCESS_KEY'),
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
