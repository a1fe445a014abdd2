/**
 * HISTORY_URL: `cassandra://[user:password@]host:port,host:port/keyspace?dc=datacenter1`, and where wanted
 * `&replication=3` (copies of each row in that data centre, for a keyspace that we create), `&tls=1`, and `&concurrency=128`
 * (statements of one write that are under way at once).
 */
import { firstHostOnly } from '../../../../lib/env.ts'

export interface CassandraEndpoint {
  /** `host:port`, to begin with; the driver finds the others by itself. */
  hosts: string[]
  /** Of every node: the driver learns the other nodes' addresses without their ports. */
  port: number
  user: string | undefined
  password: string | undefined
  keyspace: string
  datacenter: string
  /** Unset: as many copies as the data centre has nodes, at most three. */
  replication: number | undefined
  tls: boolean
  /** Statements of one write that are under way at once. */
  concurrency: number
}

const PORT = 9042
/**
 * A node answers those together that share one sync of its log. The consumer of events, which writes four partitions of its topic at a
 * time, was as fast with 64 as with 128; with 256 it was a few per cent slower, on a busy machine a fifth (`bun run bench
 * events/concurrency`).
 */
const CONCURRENCY = '128'
const PARAMETERS = ['dc', 'replication', 'tls', 'concurrency']

/** Reads the URL, and says what is wrong with it, a sentence each, which never holds the URL itself. */
export function readCassandraUrl(text: string): { endpoint: CassandraEndpoint; problems: string[] } {
  const problems: string[] = []
  const url = new URL(firstHostOnly(text))
  const listed = /^[^/]*\/\/(?:[^/?#]*@)?([^/?#]*)/.exec(text)![1]!
  const hosts = listed.split(',').map((host) => (/:\d+$/.test(host) ? host : `${host}:${PORT}`))
  const ports = new Set(hosts.map((host) => Number(/:(\d+)$/.exec(host)![1])))
  if (hosts.some((host) => !/^([a-z0-9._-]+|\[[0-9a-f:.]+\]):\d+$/i.test(host)))
    problems.push('has a host that cannot be read; write host:port, several with commas between them.')
  if (ports.size > 1) problems.push('names hosts with different ports; all nodes of a cluster listen on one port.')

  const keyspace = url.pathname.slice(1)
  if (!/^[a-z][a-z0-9_]{0,47}$/.test(keyspace))
    problems.push('names no keyspace; put 1 to 48 small letters, digits and underscores after the hosts, e.g. /doca.')

  const datacenter = url.searchParams.get('dc') ?? ''
  // It is written into a statement where no parameter may stand.
  if (!/^[A-Za-z0-9._-]{1,100}$/.test(datacenter))
    problems.push('names no data centre; add ?dc= with the one that is nearest, e.g. ?dc=datacenter1.')
  const replication = url.searchParams.get('replication') ?? undefined
  if (replication !== undefined && !/^[1-9]\d?$/.test(replication))
    problems.push('has a replication that is no number from 1 to 99.')
  const tls = url.searchParams.get('tls') ?? '0'
  if (tls !== '0' && tls !== '1') problems.push('has a tls that is neither 1 nor 0.')
  const concurrency = url.searchParams.get('concurrency') ?? CONCURRENCY
  if (!/^[1-9]\d{0,3}$/.test(concurrency) || Number(concurrency) > 2048)
    problems.push('has a concurrency that is no number from 1 to 2048.')
  for (const name of new Set(url.searchParams.keys()))
    if (!PARAMETERS.includes(name))
      problems.push(`has a parameter ${name} that is not known; dc, replication, tls, concurrency are.`)

  const [user, password] = [decoded(url.username), decoded(url.password)]
  if (user === null || password === null)
    problems.push('has a user or password with a % that begins no code; write %25 for it.')
  if (user === '' && password !== '') problems.push('has a password without a user.')
  return {
    endpoint: {
      hosts,
      port: [...ports][0]!,
      user: user || undefined,
      password: user ? (password ?? '') : undefined,
      keyspace,
      datacenter,
      replication: replication === undefined ? undefined : Number(replication),
      tls: tls === '1',
      concurrency: Number(concurrency),
    },
    problems,
  }
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
