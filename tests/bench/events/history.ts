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
/** At which the driver alone is quickest. */
const BARE_LEVEL = 256

export async function historyFigures(place: Place): Promise<Figure[]> {
  const ours = () => ourRate(place, { client: 'kafkajs' }, EVENTS)
  await ours()
  const rows = await readRows(place)
  const rounds = await inRounds(ours, () => bareRate(place, rows), ROUNDS)
  const work =
    `${EVENTS} events, all steps, without the first quarter; bare: cassandra-driver's executeConcurrent of the ${rows.length} rows ` +
    `that came of them, ${BARE_LEVEL} at once, prepared, LOCAL_QUORUM; median of ${ROUNDS}`
  return [perSecond('events, beside history writes alone', rounds, 'ratio >= 0.8', work)]
}

/** All of them in each round, since a machine that is busy with something else is so for all. */
export async function concurrencyFigures(place: Place): Promise<Figure[]> {
  const rates = new Map(LEVELS.map((level) => [level, [] as number[]]))
  for (let round = 0; round < ROUNDS; round++)
    for (const concurrency of round % 2 === 0 ? LEVELS : LEVELS.toReversed()) {
      const rate = await ourRate(place, { client: 'kafkajs', concurrency }, EVENTS)
      rates.get(concurrency)!.push(rate)
      process.stderr.write(`${concurrency} at once: ${Math.round(rate)}\n`)
    }
  const first = LEVELS[0]!
  const work = `${EVENTS} events, all steps, without the first quarter; bare: ${first} at once; median of ${ROUNDS}`
  return LEVELS.map((level) =>
    perSecond(
      `events, ${level} history statements at once`,
      { ours: rates.get(level)!, bare: rates.get(first)! },
      '',
      work,
    ),
  )
}

async function readRows({ askHistory }: Place): Promise<RowValues[]> {
  const time = Date.now() * 1000
  const rows = await askHistory('select "partition", day, at, id, data from')
  return rows.map(({ partition, day, at, id, data }) => [partition, String(day), at, id, data, time] as RowValues)
}

async function bareRate({ askHistory, history_url }: Place, rows: RowValues[]) {
  await askHistory('truncate')
  const { endpoint } = readCassandraUrl(history_url)
  const started = startClient(endpoint)
  try {
    await started.connected
    const insert = insertStatement(endpoint, EVENTS_TABLE)
    return await rate(rows.length, () =>
      concurrent.executeConcurrent(started.client, insert, rows, { concurrencyLevel: BARE_LEVEL }),
    )
  } finally {
    await endClient(started)
  }
}
