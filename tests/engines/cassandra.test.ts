/** Cassandra's own hazards, and every way in which it refuses us. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, spyOn, test } from 'bun:test'
import { readdir, readlink } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { createCassandraHistory } from '../../db/engines/history/cassandra/history.ts'
import { inspectCassandra } from '../../db/engines/history/cassandra/inspect.ts'
import { readRows } from '../../db/engines/history/cassandra/rows.ts'
import { readCassandraUrl } from '../../db/engines/history/cassandra/url.ts'
import type { History, HistoryRead, HistoryRow } from '../../db/engines/history/history.ts'
import { createLog } from '../../lib/log.ts'
import { until } from '../kit/program.ts'
import { onEngine } from '../kit/engines.ts'
import { freshKeyspace, withKeyspace } from './cassandra-keyspace.ts'

setDefaultTimeout(60_000)

const log = createLog('test', 'silent')
const row = (id: string, data = {}): HistoryRow => ({ partition: 'p', at: new Date(1000), id, data })

onEngine('Cassandra, in particular', 'HISTORY_URL', (shared) => {
  let fresh: Awaited<ReturnType<typeof freshKeyspace>>
  let history: History
  /** May sign in, and nothing else. */
  const role = `guest_${process.pid}_${randomBytes(3).toString('hex')}`
  beforeAll(async () => {
    fresh = await freshKeyspace(shared)
    history = await fresh.open()
    await admin(`create role ${role} with login = true and password = 'guest-password'`)
  })
  afterAll(async () => {
    await admin(`drop role if exists ${role}`)
    await history.close()
    await fresh.remove()
  })
  const admin = (statement: string) =>
    fresh.ask((client) => client.execute(statement, [], { prepare: false }).then(({ rows }) => rows))
  const asGuest = (url: string) => url.replace(/\/\/[^@]*@/, `//${role}:guest-password@`)
  const open = (url: string) => createCassandraHistory(url, fresh.sql, log)
  const refusal = async (url: string) =>
    open(url).then(
      async (opened) => {
        await opened.close()
        return 'was opened'
      },
      (err: Error & { code?: string }) => `${err.code}: ${err.message}`,
    )

  describe('refuses us with a sentence that says what to do', () => {
    test('a wrong password, and it is not told', async () => {
      const said = await refusal(fresh.url.replace(/:[^:@]*@/, ':wrong-password-42@'))
      expect(said).toStartWith('engine_refused: Cassandra (127.0.0.1:')
      expect(said).toContain('check user and password in HISTORY_URL')
      expect(said).not.toContain('wrong-password-42')
    })

    test('no user where it wants one', async () => {
      const said = await refusal(fresh.url.replace(/\/\/[^@]*@/, '//'))
      expect(said).toContain('engine_refused')
      expect(said).toContain('check user and password in HISTORY_URL')
    })

    test('a data centre that is not there: it names those that are, and leaves no connection', async () => {
      const before = await sockets()
      const said = await refusal(fresh.url.replace('dc=datacenter1', 'dc=eu-west'))
      expect(said).toContain('engine_refused')
      expect(said).toContain('it has no data centre eu-west')
      expect(said).toContain('its data centres are: datacenter1')
      await until('closed connections', async () => (await sockets()) <= before)
    })

    test('TLS to a port without it', async () => {
      const said = await refusal(`${fresh.url}&tls=1`)
      expect(said).toContain('engine_refused')
      expect(said).toContain('take tls=1 out of HISTORY_URL')
    })

    test('a missing keyspace that we may not create: it says the statement to run', async () => {
      const said = await refusal(asGuest(withKeyspace(fresh.url, 'not_there')))
      expect(said).toContain('engine_refused')
      expect(said).toContain('the keyspace not_there is missing; run, as a superuser: create keyspace')
      expect(said).toContain("'datacenter1': 1")
    })

    test('a missing right on a table, when it is needed; once granted it works', async () => {
      await history.write('granted', [row('a')])
      const guest = await open(asGuest(fresh.url))
      const denied = { code: 'engine_refused', message: expect.stringContaining('GRANT SELECT, MODIFY, CREATE ON') }
      await expect(guest.write('granted', [row('b')])).rejects.toMatchObject(denied)
      await expect(guest.read('granted', 'p', { limit: 1 })).rejects.toMatchObject(denied)
      await expect(guest.write('new_one', [row('b')])).rejects.toMatchObject({ code: 'engine_refused' })
      for (const right of ['select', 'modify']) await admin(`grant ${right} on keyspace ${fresh.keyspace} to ${role}`)
      await until('the right', () =>
        guest.write('granted', [row('b')]).then(
          () => true,
          () => false,
        ),
      )
      expect(await guest.read('granted', 'p', { limit: 9 })).toHaveLength(2)
      await guest.close()
    })
  })

  test('without a cluster the program goes on, and a call fails at once', async () => {
    // Nothing listens on a port that nobody may bind without being root, and root does not.
    const away = await open('cassandra://127.0.0.1:1/doca?dc=datacenter1')
    const unavailable = {
      code: 'history_unavailable',
      kind: 'unavailable',
      message: expect.stringContaining('127.0.0.1:1'),
    }
    await expect(away.write('events', [row('a')])).rejects.toMatchObject(unavailable)
    await expect(away.read('events', 'p', { limit: 1 })).rejects.toMatchObject(unavailable)
    await away.close()
  })

  test('a port where nobody answers holds up neither the start nor a call nor the end', async () => {
    const silent = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } })
    const began = performance.now()
    const away = await open(`cassandra://127.0.0.1:${silent.port}/doca?dc=datacenter1`)
    await expect(away.read('events', 'p', { limit: 1 })).rejects.toMatchObject({ code: 'history_unavailable' })
    await away.close()
    expect(performance.now() - began).toBeLessThan(15_000)
    silent.stop(true)
  })

  test('one host of several is enough', async () => {
    const port = /:(\d+)\//.exec(fresh.url)![1]
    const several = await open(fresh.url.replace(/@[^/]*/, `@127.0.0.99:${port},127.0.0.1:${port}`))
    await several.write('several', [row('a')])
    await several.close()
  })

  test('no write time lies in the future, so that the row can be deleted', async () => {
    await history.write('future', [{ ...row('a'), written_at: new Date(Date.now() + 86_400_000) }])
    const table = `${fresh.keyspace}.future_by_day`
    const [found] = await admin(`select writetime(data) as time from ${table}`)
    expect(Number(found!.time)).toBeLessThanOrEqual((Date.now() + 1) * 1000)
    await admin(`delete from ${table} where "partition" = 'p' and day = '1970-01-01' and at = 1000 and id = 'a'`)
    expect(await history.read('future', 'p', { limit: 1 })).toEqual([])
  })

  test('a table that was dropped is empty, and the next write makes it again', async () => {
    await history.write('dropped', [row('a')])
    expect(await history.read('dropped', 'p', { limit: 9 })).toHaveLength(1)
    for (const table of ['dropped_by_day', 'dropped_days']) {
      await admin(`drop table ${fresh.keyspace}.${table}`)
      expect(await history.read('dropped', 'p', { limit: 9 })).toEqual([])
    }
    await history.write('dropped', [row('b')])
    expect(await history.read('dropped', 'p', { limit: 9 })).toEqual([row('b')])
  })

  test('a day is listed before its rows are written, so that none is there unseen', async () => {
    await history.write('order', [row('a')])
    const lister = `lister_${role}`
    await admin(`create role ${lister} with login = true and password = 'guest-password'`)
    for (const right of ['select', 'modify'])
      await admin(`grant ${right} on table ${fresh.keyspace}.order_by_day to ${lister}`)
    const opened = await open(asGuest(fresh.url).replace(role, lister))
    await expect(opened.write('order', [{ ...row('b'), partition: 'q' }])).rejects.toMatchObject({
      code: 'engine_refused',
    })
    await opened.close()
    await admin(`drop role ${lister}`)
    expect(await admin(`select id from ${fresh.keyspace}.order_by_day`)).toHaveLength(1)
  })

  test('a page reads the days that it needs and no others', async () => {
    const days = Array.from({ length: 60 }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day, 12)))
    await history.write(
      'needed',
      days.flatMap((at) => ['a', 'b'].map((id) => ({ ...row(id), at }))),
    )
    const endpoint = readCassandraUrl(fresh.url).endpoint
    const statements = (read: HistoryRead) =>
      fresh.ask(async (client) => {
        const execute = spyOn(client, 'execute')
        await readRows(client, endpoint, 'needed', 'p', read)
        return execute.mock.calls.length
      })
    const [first, last] = [days[0]!, days.at(-1)!]
    // The list of days, and one day or more.
    expect(await statements({ limit: 2 })).toBe(1 + 1)
    expect(await statements({ limit: 6 })).toBe(1 + 3)
    expect(await statements({ limit: 6, before: { at: days[9]!, id: 'b' } })).toBe(1 + 5)
    expect(await statements({ limit: 6, before: { at: days[9]!, id: 'a' } })).toBe(1 + 5)
    expect(await statements({ limit: 50, from: days[57]! })).toBe(1 + 3)
    expect(await statements({ limit: 50, to: days[1]! })).toBe(1 + 2)
    const midnight = new Date(Date.UTC(2026, 0, 20))
    expect(await statements({ limit: 50, from: midnight, to: new Date(midnight.getTime() + 86_400_000) })).toBe(1)
    expect(await statements({ limit: 50, from: last, to: first })).toBe(0)
  })

  test('many programs that begin at once on a keyspace that is not there agree on its tables', async () => {
    const other = await freshKeyspace(shared)
    const opened = await Promise.all(Array.from({ length: 5 }, () => other.open()))
    await Promise.all(opened.map((each, i) => each.write('events', [row(String(i))])))
    expect(await opened[0]!.read('events', 'p', { limit: 9 })).toHaveLength(5)
    await Promise.all(opened.map((each) => each.close()))
    await other.remove()
  })

  test('the doctor finds it well, and says what is not', async () => {
    const found = await inspectCassandra(fresh.url)
    expect(found.version).toMatch(/^\d+\.\d+/)
    expect(found.latency_ms).toBeGreaterThan(0)
    expect(found.problems).toEqual([])
    await admin(`create table ${fresh.keyspace}.history_events (id text primary key)`)
    expect((await inspectCassandra(fresh.url)).problems).toEqual([
      {
        found: expect.stringContaining('an earlier version, which are not read any more (history_events)'),
        fix: expect.stringContaining(`DROP TABLE ${fresh.keyspace}.history_events;`),
      },
    ])
    await admin(`drop table ${fresh.keyspace}.history_events`)
    const missing = await inspectCassandra(withKeyspace(fresh.url, 'not_there'))
    expect(missing.problems).toEqual([
      {
        found: 'the keyspace not_there is missing',
        fix: expect.stringContaining('start a program with this HISTORY_URL'),
      },
    ])
    const unreachable = inspectCassandra('cassandra://127.0.0.1:1/doca?dc=datacenter1')
    await expect(unreachable).rejects.toMatchObject({ code: 'history_unavailable' })
    const wrong = inspectCassandra(fresh.url.replace(/:[^:@]*@/, ':wrong@'))
    await expect(wrong).rejects.toMatchObject({ code: 'engine_refused' })
    await expect(inspectCassandra(asGuest(withKeyspace(shared, 'system')))).rejects.toMatchObject({
      code: 'engine_refused',
    })
  })

  test('the doctor tries the rights on a table of records, where it is there', async () => {
    const table = { keyspace: `${fresh.keyspace}_people`, name: 'tb', key: 'id', columns: ['nome'] }
    expect((await inspectCassandra(fresh.url, table)).problems).toEqual([])
    await history.upsert(table, [{ key: crypto.randomUUID(), values: { nome: 'Ana' }, written_at: new Date(1000) }])
    expect((await inspectCassandra(fresh.url, table)).problems).toEqual([])
    for (const right of ['select', 'modify', 'create'])
      await admin(`grant ${right} on keyspace ${fresh.keyspace} to ${role}`)
    await until('what is missing', () =>
      inspectCassandra(asGuest(fresh.url), table).then(
        () => false,
        (err) => String(err.message).includes(`GRANT SELECT, MODIFY, CREATE ON KEYSPACE ${table.keyspace}`),
      ),
    )
    for (const right of ['select', 'modify']) await admin(`grant ${right} on keyspace ${table.keyspace} to ${role}`)
    await until('the rights', () =>
      inspectCassandra(asGuest(fresh.url), table).then(
        () => true,
        () => false,
      ),
    )
    const rows = await admin(`select nome from ${table.keyspace}.tb`)
    expect(rows.map((one) => one.nome)).toEqual(['Ana'])
    await admin(`drop keyspace ${table.keyspace}`)
  })

  test('closed, it fails calls and leaves no connection', async () => {
    const before = await sockets()
    const closed = await fresh.open()
    await closed.write('events', [row('a')])
    await closed.close()
    await expect(closed.write('events', [row('a')])).rejects.toMatchObject({ code: 'history_unavailable' })
    await until('closed connections', async () => (await sockets()) <= before)
  })
})

async function sockets(): Promise<number> {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  )
  return links.filter((link) => link.startsWith('socket:')).length
}
