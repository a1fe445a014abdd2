/**
 * Programs that start and stop at the same moments, some killed at any of them: never two servers on one data folder,
 * none when all have gone, no acknowledged row lost.
 */
import { printRows } from '../../lib/command-line.ts'
import { joinEmbedded } from '../../db/engines/embedded/index.ts'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import { cleanUp, emptyDataDir, postmasters, startMember, type MemberProgram } from '../kit/members.ts'
import type { Figure } from './main.ts'

export interface StormResult {
  started: number
  killed: number
  /** Programs that ended badly without having been killed, with what they said. */
  failed: string[]
  /** The most servers ever seen at once, and how often was looked. */
  most_servers: number
  looks: number
  /** Servers left when everybody has left. */
  left: number
  acknowledged: number
  lost: number
  seconds: number
}

/**
 * `rounds` times, `programs` start in one moment, and leave in one: every other time just as the next ones start.
 * Of each round two are killed while they start, and one while it leaves, except in the last, whose end is looked at.
 */
export async function storm({ rounds, programs }: { rounds: number; programs: number }): Promise<StormResult> {
  const data_dir = await emptyDataDir()
  const watch = watchServers(data_dir)
  const began = performance.now()
  const everybody: Array<{ member: MemberProgram; killed: boolean }> = []
  let leaving: Array<Promise<unknown>> = []
  for (let round = 1; round <= rounds; round++) {
    if (round % 2) await Promise.all(leaving)
    const group = Array.from({ length: programs }, () => ({ member: startMember(data_dir), killed: false }))
    everybody.push(...group)
    const kill = async (one: (typeof group)[number], within_ms: number) => {
      await Bun.sleep(Math.random() * within_ms)
      one.killed = true
      one.member.kill()
      await one.member.exited
    }
    const [doomed, lasting] = [group.slice(0, 2), group.slice(2)]
    await Promise.all([
      ...doomed.map((one) => kill(one, 800)),
      ...lasting.map(({ member }) => member.reported('query').catch(() => {})),
    ])
    for (const { member } of lasting) member.order('write')
    await Promise.all(lasting.map(({ member }) => member.reported('acked').catch(() => {})))
    for (const { member } of lasting) member.order('leave')
    leaving = lasting.map(({ member }) => member.exited)
    if (round < rounds) leaving.push(kill(lasting[0]!, 60))
  }
  await Promise.all(leaving)
  const left = postmasters(data_dir).length
  const seconds = (performance.now() - began) / 1000
  const looked = watch.stop()
  const acknowledged = everybody.flatMap(({ member }) => member.reports.flatMap((r) => ('acked' in r ? [r.acked] : [])))
  return {
    started: everybody.length,
    killed: everybody.filter(({ killed }) => killed).length,
    failed: (
      await Promise.all(
        everybody.map(async ({ member, killed }) =>
          killed || (await member.exited) === 0 ? [] : [JSON.stringify(member.reports.at(-1))],
        ),
      )
    ).flat(),
    ...looked,
    left,
    acknowledged: acknowledged.length,
    lost: await countMissing(data_dir, acknowledged),
    seconds,
  }
}

/** Looks all the time; a second server would live for tens of milliseconds at least. */
function watchServers(data_dir: string) {
  let [most_servers, looks] = [0, 0]
  const timer = setInterval(() => {
    looks++
    most_servers = Math.max(most_servers, postmasters(data_dir).length)
  }, 20)
  return {
    stop() {
      clearInterval(timer)
      return { most_servers, looks }
    },
  }
}

async function countMissing(data_dir: string, ids: string[]): Promise<number> {
  const server = await joinEmbedded({ data_dir })
  const sql = openSql(server.url, 1)
  try {
    const [row] = await sql<{ missing: number }[]>`
      select count(*)::int as missing from unnest(${ids}::text[]) as id where id not in (select id from written)`
    return row!.missing
  } finally {
    await sql.end()
    await server.leave()
  }
}

export async function bench(): Promise<Figure[]> {
  const result = await storm({ rounds: 50, programs: 10 })
  await cleanUp()
  for (const said of result.failed) process.stderr.write(`${said}\n`)
  const work = '50 rounds of 10 programs started and stopped at once'
  const row = (figure: string, value: number, unit: string, target: string) => ({ figure, value, unit, target, work })
  return [
    row('programs started', result.started, 'programs', '500'),
    row('of them killed with SIGKILL', result.killed, 'programs', '-'),
    row('of the others, failed', result.failed.length, 'programs', '0'),
    row('servers at once, at most', result.most_servers, 'servers', '1'),
    row('looks', result.looks, 'looks', '-'),
    row('servers left', result.left, 'servers', '0'),
    row('rows acknowledged', result.acknowledged, 'rows', '-'),
    row('of them lost', result.lost, 'rows', '0'),
    row('time', Math.round(result.seconds), 's', '-'),
  ]
}

if (import.meta.main) printRows(await bench(), Bun.argv.includes('--json'))
