/**
 * Ours and the Python programs of ../shared/peers/orders on the same engines, in turns: what its own run.sh does, scenario by
 * scenario.
 */
import { join } from 'node:path'
import type { Figure } from '../main.ts'
import { peerEnvironment, peerFolder } from '../peers.ts'
import type { Ground } from '../roles/engines.ts'
import { runOurs, type Work } from './ours.ts'

interface Scenario {
  /** The peer's name for it. */
  label: string
  journal: boolean
  asked: Work
  turns: number
  /** Of what is compared, per second. */
  unit: 'orders/s' | 'attempts/s'
  target: string
}

const PLAIN: Work = { orders: 4_000, false_share: 0, max_attempts: 1 }
const MIXED: Work = { orders: 2_000, false_share: 0.2, max_attempts: 5, retry_delay_s: 1 }

const SCENARIOS: Scenario[] = [
  { label: 'plain', journal: true, asked: PLAIN, turns: 3, unit: 'orders/s', target: '>= 5' },
  { label: 'plain_nolog', journal: false, asked: PLAIN, turns: 3, unit: 'orders/s', target: '>= 3' },
  { label: 'mixed', journal: true, asked: MIXED, turns: 1, unit: 'attempts/s', target: '>= 5' },
  { label: 'mixed_nolog', journal: false, asked: MIXED, turns: 1, unit: 'attempts/s', target: '>= 3' },
]

const BESIDES = 'ours also reads its rows, marks them sent, keeps a ledger, and stores dead letters in a table'
const WORK = {
  'orders/s': `two systems, every order passes at once; from the first publishing to the last order in output and journal; ${BESIDES}`,
  'attempts/s': `two systems, 1 to 5 attempts, 20 % end dead; without what waits for retries (of the peer: for anything); ${BESIDES}`,
}

export async function besidePeer(ground: Ground, variables: Record<string, string>): Promise<Figure[]> {
  const folder = peerFolder('orders')
  if (folder === undefined) {
    process.stderr.write('skipped: the peer of orders, since there is no folder of it; PEERS_DIR names its parent\n')
    return []
  }
  const figures: Figure[] = []
  for (const scenario of SCENARIOS) {
    const ours: number[] = []
    const theirs: number[] = []
    for (let turn = 0; turn < scenario.turns; turn++) {
      const sides = [
        async () => void ours.push(await ourRate(ground, variables, scenario)),
        async () => void theirs.push(await peerRate(ground, variables, folder, scenario)),
      ]
      for (const side of turn % 2 === 0 ? sides : sides.toReversed()) await side()
      process.stderr.write(
        `${scenario.label}: ours ${Math.round(ours.at(-1)!)}, the peer ${Math.round(theirs.at(-1)!)}\n`,
      )
    }
    figures.push(compared(scenario, ours, theirs))
  }
  return figures
}

function compared({ label, asked, turns, unit, target }: Scenario, ours: number[], theirs: number[]): Figure {
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
  return {
    figure: `beside the peer, ${label}`,
    value: Math.round(median(ours)),
    unit,
    bare: Math.round(median(theirs)),
    ratio: Math.round(median(ours.map((rate, turn) => rate / theirs[turn]!)) * 100) / 100,
    target,
    work: `${asked.orders} orders of ${WORK[unit]}; median of ${turns}`,
  }
}

async function ourRate(ground: Ground, variables: Record<string, string>, { journal, asked, unit }: Scenario) {
  const { send_s, handle_s, attempts } = await runOurs(ground, variables, { ...asked, journal })
  if (unit === 'orders/s') return asked.orders / (send_s + handle_s)
  return attempts / (handle_s - (asked.max_attempts - 1) * asked.retry_delay_s!)
}

async function peerRate(
  { db }: Ground,
  { QUEUE_URL, JOURNAL_URL }: Record<string, string>,
  folder: string,
  { label, asked, unit }: Scenario,
): Promise<number> {
  const child = Bun.spawn(['bash', join(folder, 'run.sh')], {
    env: {
      ...(await peerEnvironment(db.sql, db.url)),
      AMQP_URL: QUEUE_URL,
      MONGO_URL: JOURNAL_URL,
      SCENARIOS: label,
      ORDERS: String(asked.orders),
      RETRY_MS: String((asked.retry_delay_s ?? 1) * 1000),
    },
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const [output, code] = await Promise.all([new Response(child.stdout).text(), child.exited])
  // It ends with 1 where its counts do not add up.
  if (code !== 0) throw new Error(`the peer ended with ${code}: ${output}`)
  const lines = output.trim().split('\n')
  const figures = lines.map((line) => JSON.parse(line) as { figure: string; value: number })
  const valueOf = (name: string) => figures.find(({ figure }) => figure === `${label}_${name}`)!.value
  if (unit === 'attempts/s') return valueOf('attempts_per_busy_second')
  // Its publishers work at the same time, half of the orders each.
  const slower = Math.min(valueOf('publish_rate_system1'), valueOf('publish_rate_system2'))
  return asked.orders / (asked.orders / 2 / slower + valueOf('seconds'))
}
