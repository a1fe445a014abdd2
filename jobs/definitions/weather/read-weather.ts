/** Stores the weather of every place in the table, and rewrites the CSV file of each day concerned. */
import { csvRow } from '../../../lib/csv.ts'
import type { Objects } from '../../../db/engines/objects/objects.ts'
import { saveWeather, weatherOf, type Observation } from '../../../db/weather/weather.ts'
import { AppError, messageOf, sentenceOf } from '../../../lib/errors.ts'
import type { Translated } from '../../../lib/texts.ts'
import { askJsonPatiently } from '../../ask-json.ts'
import type { JobContext } from '../../job.ts'
import type { JobSettings } from '../../settings.ts'
import { readObservation } from './read-observation.ts'
import type { Sql } from 'postgres'

export interface ReadWeather {
  observations: number
  files: string[]
}

/** How long one place is asked for; the run's own retries come on top. */
const PATIENCE_MS = 30_000

/** Stores the places that answered; throws AppError when one did not. */
export async function readWeather(
  { log, signal, roles: { sql, objects } }: Pick<JobContext, 'log' | 'signal' | 'roles'>,
  { url, key, places }: JobSettings['weather'],
  first_delay_ms?: number,
): Promise<ReadWeather> {
  const observations: Observation[] = []
  const problems: Translated[] = []
  // Some services want their key in the path.
  const secrets = key === undefined ? [] : [key, encodeURIComponent(key)]
  for (const place of places) {
    const patience = { until: performance.now() + PATIENCE_MS, ...(first_delay_ms !== undefined && { first_delay_ms }) }
    const answer = await askJsonPatiently(fill(url, place, key), { signal, secrets }, patience)
    try {
      if (!('json' in answer)) throw answer.problem
      const observation = readObservation(place, answer.json)
      observations.push(observation)
      log.info(`${place}: ${observation.temperature_c} °C, ${observation.condition}`, observation as never)
    } catch (thrown) {
      problems.push(sentenceOf(thrown))
      log.warn(messageOf(thrown), { place })
    }
  }
  signal.throwIfAborted()
  const files = observations.length === 0 ? [] : await keep(sql, objects, observations)
  if (problems.length > 0)
    throw new AppError('upstream', 'weather_incomplete', {
      en: `${problems.length} of ${places.length} places failed. ${problems[0]!.en}`,
      pt: `${problems.length} de ${places.length} lugares falharam. ${problems[0]!.pt}`,
    })
  return { observations: observations.length, files }
}

async function keep(sql: Sql, objects: Objects, observations: Observation[]): Promise<string[]> {
  await saveWeather(sql, observations)
  const days = [...new Set(observations.map(({ observed_at }) => observed_at.toISOString().slice(0, 10)))].toSorted()
  for (const day of days) await objects.put(fileOf(day), weatherCsv(await weatherOf(sql, day)))
  return days.map(fileOf)
}

const fileOf = (day: string) => `clima/${day}.csv`

const COLUMNS = [
  'place',
  'observed_at',
  'temperature_c',
  'wind_kmh',
  'condition',
  'humidity_percent',
  'visibility_km',
] as const

export function weatherCsv(rows: Observation[]): string {
  const cell = (value: Observation[keyof Observation]) => (value instanceof Date ? value.toISOString() : value)
  return [COLUMNS, ...rows.map((row) => COLUMNS.map((column) => cell(row[column])))].map((row) => csvRow(row)).join('')
}

function fill(url: string, place: string, key = ''): string {
  return url.replaceAll('{place}', encodeURIComponent(place)).replaceAll('{key}', encodeURIComponent(key))
}
