import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { joinEmbedded } from '../../../../db/engines/embedded/index.ts'
import { processesOf } from '../../../../db/engines/embedded/processes.ts'
import { clusterName } from '../../../../db/engines/embedded/settings.ts'
import { openSql } from '../../../../db/engines/postgres/open-sql.ts'
import { storm } from '../../../bench/storm.ts'
import { until } from '../../../kit/program.ts'
import { cleanUp, dataDir, postmasters, startMember, type MemberProgram } from '../../../kit/members.ts'

setDefaultTimeout(120_000)

/** Stopped before and after each test. */
let data_dir: string
beforeAll(async () => void (data_dir = await dataDir()))
afterAll(cleanUp)

const acked = ({ reports }: MemberProgram) => reports.flatMap((report) => ('acked' in report ? [report.acked] : []))
const refused = ({ reports }: MemberProgram) => reports.filter((report) => 'refused' in report)

/** Those of `ids` that the database does not have. */
async function missing(url: string, ids: string[]): Promise<string[]> {
  const sql = openSql(url, 1)
  const rows = await sql<{ id: string }[]>`select id from written`
  await sql.end()
  const kept = new Set(rows.map(({ id }) => id))
  return ids.filter((id) => !kept.has(id))
}

test('kill -9 of the server while programs write: it comes back on its port, and nothing acknowledged is lost', async () => {
  const members = [startMember(data_dir), startMember(data_dir)]
  const [{ joined: url }] = (await Promise.all(members.map((member) => member.reported('joined')))) as [
    { joined: string },
  ]
  await Promise.all(members.map((member) => member.reported('query')))
  for (const member of members) member.order('write')
  for (let round = 0; round < 2; round++) {
    const before = members.map((member) => ({ acked: acked(member).length, refused: refused(member).length }))
    await until('rows', () => members.every((member, i) => acked(member).length > before[i]!.acked + 5))
    const [killed] = postmasters(data_dir)
    process.kill(killed!, 'SIGKILL')
    await until('work in flight to fail', () =>
      members.every((member, i) => refused(member).length > before[i]!.refused),
    )
    // Backends outlive their server for as long as they are busy, and write on.
    await until('another server', () => {
      const running = postmasters(data_dir)
      return running.length > 0 && !running.includes(killed!)
    })
    const failing = members.map((member) => acked(member).length)
    await until('writing again', () => members.every((member, i) => acked(member).length > failing[i]! + 5))
    expect(postmasters(data_dir)).toHaveLength(1)
  }
  expect(await missing(url, members.flatMap(acked))).toEqual([])
  // Both took their lock again: the first to leave leaves the server to the second.
  members[0]!.order('leave')
  expect(await members[0]!.exited).toBe(0)
  expect(postmasters(data_dir)).toHaveLength(1)
  members[1]!.order('leave')
  expect(await members[1]!.exited).toBe(0)
  expect(postmasters(data_dir)).toEqual([])
})

test('kill -9 of everything: the next start has every acknowledged row', async () => {
  const member = startMember(data_dir)
  await member.reported('query')
  member.order('write')
  await until('rows', () => acked(member).length > 50)
  const everything = [member.pid, ...postmasters(data_dir), ...processesOf(clusterName(`${data_dir}/postgres`))]
  expect(everything.length).toBeGreaterThan(6)
  for (const pid of everything) killIfThere(pid)
  await member.exited
  const server = await joinEmbedded({ data_dir })
  expect(await missing(server.url, acked(member))).toEqual([])
  await server.leave()
  expect(postmasters(data_dir)).toEqual([])
})

test('a program that was killed does not keep the last other one from stopping the server', async () => {
  const server = await joinEmbedded({ data_dir })
  const member = startMember(data_dir)
  await member.reported('query')
  const sql = openSql(server.url, 1)
  const [holder] = await sql<{ pid: number }[]>`
    select pid from pg_stat_activity where application_name = ${`doca user ${member.pid}`}`
  // As on a busy machine: the program is gone, and its lock is not yet.
  process.kill(holder!.pid, 'SIGSTOP')
  member.kill()
  await member.exited
  const leaving = server.leave()
  await until('the last one to see to it', async () => {
    const [row] = await sql`select 1 from pg_stat_activity where query like 'select pg_terminate_backend%'`
    return row !== undefined
  })
  process.kill(holder!.pid, 'SIGCONT')
  await leaving
  expect(postmasters(data_dir)).toEqual([])
  await sql.end({ timeout: 0 })
})

test('a server that everybody left by kill -9 is joined by the next program, and ends with it', async () => {
  const member = startMember(data_dir)
  await member.reported('query')
  const running = postmasters(data_dir)
  member.kill()
  await member.exited
  const server = await joinEmbedded({ data_dir })
  expect(postmasters(data_dir)).toEqual(running)
  await server.leave()
  expect(postmasters(data_dir)).toEqual([])
})

test('a backend that crashes takes all connections along; the users join again, and the last one stops the server', async () => {
  const users = [await joinEmbedded({ data_dir }), await joinEmbedded({ data_dir })]
  const sql = openSql(users[0]!.url, 2)
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`
  const members = () => sql<{ pid: number }[]>`select pid from pg_locks where locktype = 'advisory'`
  const before = (await members()).map(({ pid }) => pid)
  process.kill(row!.pid, 'SIGKILL')
  await until('both to be back', async () => {
    const now = await members().catch(() => [])
    return now.length === 2 && now.every(({ pid }) => !before.includes(pid))
  })
  await sql.end()
  await users[0]!.leave()
  expect(postmasters(data_dir)).toHaveLength(1)
  await users[1]!.leave()
  expect(postmasters(data_dir)).toEqual([])
})

test('who leaves just as the server died does not leave it running', async () => {
  const users = [await joinEmbedded({ data_dir }), await joinEmbedded({ data_dir })]
  process.kill(postmasters(data_dir)[0]!, 'SIGKILL')
  await Promise.all(users.map((user) => user.leave()))
  expect(postmasters(data_dir)).toEqual([])
})

test('a query that outlives its killed server does not keep the next one from starting', async () => {
  const server = await joinEmbedded({ data_dir })
  const sql = openSql(server.url, 1)
  const [killed] = postmasters(data_dir)
  // Busy, and so deaf to the end of its server.
  const busy = sql`select count(*) from generate_series(1, 2000) a, generate_series(1, 1000000) b`.catch(() => 'ended')
  const other = openSql(server.url, 1)
  await until('the query to run', async () => {
    const [row] =
      await other`select count(*)::int as n from pg_stat_activity where query like '%generate_series%' and pid <> pg_backend_pid()`
    return row!.n === 1
  })
  process.kill(killed!, 'SIGKILL')
  expect(await busy).toBe('ended')
  await until('a new server', () => postmasters(data_dir).length === 1)
  // postgres.js would wait for the connection that was lost in mid query for ever.
  await Promise.all([sql.end({ timeout: 0 }), other.end({ timeout: 0 })])
  await server.leave()
  expect(postmasters(data_dir)).toEqual([])
})

test('programs that start and stop at the same moments, some killed, share one server at most and leave none', async () => {
  const result = await storm({ rounds: 2, programs: 5 })
  expect(result).toMatchObject({ started: 10, killed: 5, failed: [], most_servers: 1, left: 0, lost: 0 })
  expect(result.acknowledged).toBeGreaterThan(0)
})

/** One of the server's processes may have ended with its postmaster, a moment ago. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== 'ESRCH') throw err
  }
}
