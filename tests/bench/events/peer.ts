/** Ours and the Python program of ../shared/peers/pipeline on the same engines, in turns: one message at a time, and its batches. */
import { join } from 'node:path'
import { readCassandraUrl } from '../../../db/engines/history/cassandra/url.ts'
import { readKafkaUrl, STREAM_CLIENTS } from '../../../db/engines/stream/kafka/url.ts'
import type { Figure } from '../main.ts'
import { peerEnvironment, peerFolder } from '../peers.ts'
import { perSecond } from '../roles/timing.ts'
import { ourRate } from './ours.ts'
import type { Place } from './place.ts'
import { BAD_SHARE, ITEMS } from './work.ts'

const TURNS = 5
const EVENTS = 30_000

const MODES = {
  per_message: { events: 2_000, target: 'ratio >= 10' },
  batched: { events: 8_000, target: 'ratio >= 2.5' },
}
type Mode = keyof typeof MODES

const BESIDES =
  'ours also keeps a ledger of event ids, and drains what failed into the dead letters; without its first quarter, in which code is compiled'

export async function peerFigures(place: Place): Promise<Figure[]> {
  const folder = peerFolder('pipeline')
  if (folder === undefined) {
    process.stderr.write('skipped: the peer of events, since there is no folder of it; PEERS_DIR names its parent\n')
    return []
  }
  const modes = Object.keys(MODES) as Mode[]
  const sides = [
    ...STREAM_CLIENTS.map((client) => ({ name: client, run: () => ourRate(place, { client }, EVENTS) })),
    ...modes.map((mode) => ({ name: mode, run: () => peerRate(place, folder, mode) })),
  ]
  const rates = new Map(sides.map(({ name }) => [name, [] as number[]]))
  for (let turn = 0; turn < TURNS; turn++)
    for (const { name, run } of turn % 2 === 0 ? sides : sides.toReversed()) {
      rates.get(name)!.push(await run())
      process.stderr.write(`${name}: ${Math.round(rates.get(name)!.at(-1)!)}\n`)
    }
  return STREAM_CLIENTS.flatMap((client) =>
    modes.map((mode) => {
      const { events, target } = MODES[mode]
      const work =
        `${EVENTS} events of ${ITEMS} items, ${BAD_SHARE * 100} % bad, on ${client}; the peer ${events} of as many customers, ` +
        `${mode}; ${BESIDES}; median of ${TURNS}`
      const rounds = { ours: rates.get(client)!, bare: rates.get(mode)! }
      return perSecond(`events through ${client}, beside the peer, ${mode}`, rounds, target, work)
    }),
  )
}

async function peerRate({ db, engines }: Place, folder: string, mode: Mode): Promise<number> {
  const kafka = readKafkaUrl(engines.STREAM_URL)
  const cassandra = readCassandraUrl(engines.HISTORY_URL).endpoint
  const child = Bun.spawn(['bash', join(folder, 'run.sh')], {
    env: {
      ...(await peerEnvironment(db.sql, engines.DATABASE_URL)),
      PYTHONPATH: join(import.meta.dir, 'sign-in'),
      KAFKA_BOOTSTRAP: kafka.brokers[0],
      KAFKA_USER: kafka.user,
      KAFKA_PASSWORD: kafka.password,
      CASSANDRA_HOST: cassandra.hosts[0]!.split(':')[0],
      CASSANDRA_PORT: String(cassandra.port),
      CASSANDRA_DC: cassandra.datacenter,
      CASSANDRA_USER: cassandra.user,
      CASSANDRA_PASSWORD: cassandra.password,
      MODES: mode,
      EVENTS: String(MODES[mode].events),
      CUSTOMERS: String(ITEMS),
    },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const [output, code] = await Promise.all([new Response(child.stdout).text(), child.exited])
  // It ends with 1 where its counts do not add up.
  if (code !== 0) throw new Error(`the peer ended with ${code}: ${output}`)
  const lines = output.trim().split('\n')
  const figures = lines.map((line) => JSON.parse(line) as { figure: string; value: number })
  return figures.find(({ figure }) => figure === `${mode}_rate`)!.value
}
