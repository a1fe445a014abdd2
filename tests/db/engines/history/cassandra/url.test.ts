import { describe, expect, test } from 'bun:test'
import { readDbConfig } from '../../../../../db/engines/config.ts'
import { readCassandraUrl } from '../../../../../db/engines/history/cassandra/url.ts'
import { envReader } from '../../../../../lib/env.ts'

describe('HISTORY_URL', () => {
  test('names hosts, keyspace, data centre, user and what is optional', () => {
    const url =
      'cassandra://us%2Fer:p%40ss%3A@a.example:9142,b:9142/doca_2?dc=eu-west&replication=2&tls=1&concurrency=64'
    expect(readCassandraUrl(url)).toEqual({
      endpoint: {
        hosts: ['a.example:9142', 'b:9142'],
        port: 9142,
        user: 'us/er',
        password: 'p@ss:',
        keyspace: 'doca_2',
        datacenter: 'eu-west',
        replication: 2,
        tls: true,
        concurrency: 64,
      },
      problems: [],
    })
  })

  test('a port that is not said is 9042, and without a user there is no password', () => {
    const { endpoint, problems } = readCassandraUrl('cassandra://a,b/doca?dc=d')
    expect(problems).toEqual([])
    expect(endpoint).toMatchObject({ hosts: ['a:9042', 'b:9042'], port: 9042, tls: false, concurrency: 128 })
    expect([endpoint.user, endpoint.password, endpoint.replication]).toEqual([undefined, undefined, undefined])
  })

  const wrong: Array<[string, string]> = [
    ['cassandra://a:9042?dc=d', 'names no keyspace'],
    ['cassandra://a:9042/Doca?dc=d', 'names no keyspace'],
    ['cassandra://a:9042/do"ca?dc=d', 'names no keyspace'],
    ['cassandra://a:9042/doca', 'names no data centre'],
    ["cassandra://a:9042/doca?dc=a'b", 'names no data centre'],
    ['cassandra://a:9042/doca?dc=d&replication=0', 'has a replication'],
    ['cassandra://a:9042/doca?dc=d&tls=yes', 'has a tls'],
    ['cassandra://a:9042/doca?dc=d&concurrency=0', 'has a concurrency'],
    ['cassandra://a:9042/doca?dc=d&concurrency=2049', 'has a concurrency'],
    ['cassandra://a:9042/doca?dc=d&consistency=one', 'has a parameter consistency that is not known'],
    ['cassandra://a:9042,b:9043/doca?dc=d', 'names hosts with different ports'],
    ['cassandra://a:9042,/doca?dc=d', 'has a host that cannot be read'],
    ['cassandra://user:100%@a:9042/doca?dc=d', 'has a user or password with a %'],
    ['cassandra://:secret@a:9042/doca?dc=d', 'has a password without a user'],
  ]
  test.each(wrong)('%s', (url, problem) => {
    const { problems } = readCassandraUrl(url)
    expect(problems).toEqual([expect.stringContaining(problem)])
  })

  test('every problem is one of the configuration, and none holds the password', () => {
    const env = envReader({ HISTORY_URL: 'cassandra://user:hunter2hunter2@a:9042/Doca?tls=2' })
    readDbConfig(env)
    let message = ''
    try {
      env.finish()
    } catch (thrown) {
      message = String(thrown)
    }
    for (const what of ['keyspace', 'data centre', 'tls']) expect(message).toContain(what)
    expect(message).not.toContain('hunter2')
  })
})
