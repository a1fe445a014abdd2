/** Our consumer beside the driver alone, which writes the same rows and does nothing else. */
import { concurrent } from 'cassandra-driver'
import { endClient, startClient } from '../../../db/engines/history/cassandra/client.ts'
import { insertStatement, type RowValues } from '../../../db/engines/history/cassandra/rows.ts'
import { readCassandraUrl } from '../../../db/engines/history/cassandra/url.ts'
import { EVENTS_TABLE } from '../../../db/events/history.ts'
import type { Figure } from '../main.ts'
import { inRounds, perSecond, rate } from '../roles/timing.ts'
import { ourRate } from './ours.ts'
import type { Place } from './place.ts'

const EVENTS = 30_000
const ROUNDS = 3
/** Of HISTORY_URL. */
const LEVELS = [64, 128, 256]

export const historyFigures = (place: Place) =>
  besideDriver(place, readCassandraUrl(place.history_url).endpoint.concurrency, 'ratio >= 0.8')

export async function concurrencyFigures(place: Place): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const level of LEVELS) figures.push(...(await besideDriver(place, level, '')))
  return figures
}

async function besideDriver(place: Place, concurrency: number, target: string): Promise<Figure[]> {
  const ours = () => ourRate(place, { client: 'kafkajs', concurrency }, EVENTS)
  await ours()
  const rows = await readRows(place)
  const rounds = await inRounds(ours, () => bareRate(place, rows, concurrency), ROUNDS)
  const work =
    `${EVENTS} events, all steps, without the first quarter; bare: cassandra-driver's executeConcurrent of the ${rows.length} rows that came of them, ` +
    `prepared, LOCAL_QUORUM; median of ${ROUNDS}`
  return [perSecond(`events, ${concurrency} history writes at once`, rounds, target, work)]
}

async function readRows({ askHistory }: Place): Promise<RowValues[]> {
  const time = Date.now() * 1000
  const rows = await askHistory('select "partition", day, at, id, data from')
  return rows.map(({ partition, day, at, id, data }) => [partition, String(day), at, id, data, time] as RowValues)
}

async function bareRate({ askHistory, history_url }: Place, rows: RowValues[], concurrencyLevel: number) {
  await askHistory('truncate')
  const { endpoint } = readCassandraUrl(history_url)
  const started = startClient(endpoint)
  try {
    await started.connected
    const insert = insertStatement(endpoint, EVENTS_TABLE)
    return await rate(rows.length, () =>
      concurrent.executeConcurrent(started.client, insert, rows, { concurrencyLevel }),
    )
  } finally {
    await endClient(started)
  }
}
