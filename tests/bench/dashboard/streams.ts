/** What many open streams cost the process of the API, and those who read beside them. */
import { processesOf, until } from '../../kit/program.ts'
import { median, PASSWORD, row, type Measured } from '../dashboard.ts'
import type { Figure } from '../main.ts'
import { inRounds, inTurns, rate } from '../roles/timing.ts'
import { pssOf } from '../system.ts'

const STREAMS = 500
const TOPICS = 'alerts,audit,charts,jobs,monitors,orders,packaging,reports,users'
const READS = 3000
const AT_ONCE = 8
const ROUNDS = 5
/** Some heartbeats. */
const SETTLE_MS = 15_000

export async function measureStreams({ url, data_dir }: Measured): Promise<Figure[]> {
  const { pid } = (await processesOf(data_dir)).find(({ command }) => command.includes('api/main.ts'))!
  const authorization = `Bearer ${await signedIn(url)}`
  const read = async () => {
    const answer = await fetch(`${url}/me`, { headers: { authorization } })
    await answer.arrayBuffer()
    if (answer.status !== 200) throw new Error(`${answer.status} instead of 200`)
  }
  const reads = () => rate(READS, () => inTurns(READS, AT_ONCE, read))
  // The process has grown by what reads take.
  await reads()
  await Bun.sleep(SETTLE_MS)
  const before = await pssOf(pid)
  const held = await openStreams(url, authorization)
  await Bun.sleep(SETTLE_MS)
  const added = (await pssOf(pid)) - before
  held.close()

  const { ours, bare } = await inRounds(
    async () => {
      const open = await openStreams(url, authorization)
      const per_second = await reads()
      open.close()
      return per_second
    },
    reads,
    ROUNDS,
  )
  const slower = median(ours.map((value, i) => 100 * (1 - value / bare[i]!)))
  const beside = `GET /me, ${AT_ONCE} at once, in turns with and without ${STREAMS} open, ${ROUNDS} rounds`
  return [
    row(
      'streams, memory',
      added,
      'MiB PSS',
      '<= 60',
      `${STREAMS} open /live in one process of the API, after ${SETTLE_MS / 1000} s`,
    ),
    row('reads, no stream', median(bare), '/s', '-', beside),
    row('reads, streams', median(ours), '/s', '-', beside),
    row('reads, slower by', slower, '%', '<= 10', beside),
  ]
}

async function signedIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: PASSWORD }),
  })
  return ((await answer.json()) as { access_token: string }).access_token
}

/** On sockets of their own: fetch has fewer. Each has its first event. */
async function openStreams(url: string, authorization: string): Promise<{ close(): void }> {
  const { hostname, port, host } = new URL(url)
  const request = `GET /live?topics=${TOPICS} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${authorization}\r\n\r\n`
  let begun = 0
  const sockets = await Promise.all(
    Array.from({ length: STREAMS }, () =>
      Bun.connect({
        hostname,
        port: Number(port),
        socket: {
          open: (socket) => void socket.write(request),
          data: (_, bytes) => void (begun += Number(bytes.includes('event: changed'))),
        },
      }),
    ),
  )
  await until(
    'the streams',
    () => begun >= STREAMS,
    60_000,
    () => `${begun} have begun`,
  )
  return {
    close() {
      for (const socket of sockets) socket.end()
    },
  }
}
