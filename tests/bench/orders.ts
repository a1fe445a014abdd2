/**
 * Orders from end to end: rows are filled, sent with confirms, and handled by one consumer: output, journal, dead letters.
 *
 * - dead-letters: many of them, in groups and listed.
 * - embedded, rabbitmq: how fast, and the consumer's memory.
 * - peer: the same work by the Python programs of ../shared/peers/orders, on the same engines, in turns.
 * - delays: how exact the delay before a retry is.
 */
import { freshMongo } from '../kit/mongo-database.ts'
import type { Figure } from './main.ts'
import { deadLetterFigures } from './orders/dead-letters.ts'
import { delayFigures } from './orders/delays.ts'
import { runOurs, type Work } from './orders/ours.ts'
import { besidePeer } from './orders/peer.ts'
import { andThen, openGround, type Ground } from './roles/engines.ts'

const COUNT = 20_000
const FALSE_SHARE = 0.2
const MOST_MB = 120

type Variables = Record<string, string>

const PARTS: Record<string, (ground: Ground) => Promise<Figure[]>> = {
  'dead-letters': ({ db }) => deadLetterFigures(db.sql),
  embedded: (ground) => figures(ground, 'embedded', {}),
  rabbitmq: (ground) => onEngines(ground, (variables) => figures(ground, 'rabbitmq, mongodb', variables)),
  peer: (ground) => onEngines(ground, (variables) => besidePeer(ground, variables)),
  delays: (ground) => onEngines(ground, (variables) => delayFigures(ground, variables)),
}
export const parts = Object.keys(PARTS)

export async function bench(part?: string): Promise<Figure[]> {
  const ground = await openGround()
  return andThen(async () => {
    const all: Figure[] = []
    for (const [name, measure] of Object.entries(PARTS))
      if (part === undefined || part === name) all.push(...(await measure(ground)))
    return all
  }, ground.close)
}

function onEngines(ground: Ground, work: (variables: Variables) => Promise<Figure[]>): Promise<Figure[]> {
  return ground.onEngine('orders on RabbitMQ', 'QUEUE_URL', (QUEUE_URL) =>
    ground.onEngine('orders with MongoDB', 'JOURNAL_URL', async (url) => {
      const journal = freshMongo(url)
      return andThen(() => work({ QUEUE_URL, JOURNAL_URL: journal.url }), journal.drop)
    }),
  )
}

/** Without retries, then with them: a second apart, at most five attempts. */
async function figures(ground: Ground, engines: string, variables: Variables): Promise<Figure[]> {
  const orders = { orders: COUNT, false_share: FALSE_SHARE }
  return [
    ...(await run(ground, `${engines}: one attempt each`, variables, { ...orders, max_attempts: 1 })),
    ...(await run(ground, `${engines}: up to five attempts`, variables, { ...orders, max_attempts: 5 })),
  ]
}

async function run(ground: Ground, name: string, variables: Variables, asked: Work): Promise<Figure[]> {
  const { fill_s, send_s, handle_s, attempts, memory } = await runOurs(ground, variables, { ...asked, memory: true })
  const { pss_mib, rss_mib } = memory!
  const work = `${COUNT} orders of two systems, ${FALSE_SHARE * 100} % FALSE; ${attempts} attempts of one consumer`
  const row = (figure: string, value: number, unit: string, target = '') => ({
    figure: `${name}, ${figure}`,
    value: Math.round(value),
    unit,
    target,
    work,
  })
  return [
    row('filled', COUNT / fill_s, 'rows/s'),
    row('sent', COUNT / send_s, 'messages/s'),
    row('handled', COUNT / handle_s, 'messages/s'),
    row('memory, PSS', megabytes(pss_mib), 'MB', `<= ${MOST_MB}`),
    row('memory, RSS', megabytes(rss_mib), 'MB', `<= ${MOST_MB}`),
  ]
}

const megabytes = (mib: number) => (mib * 1024 ** 2) / 1e6
