/**
 * Reads an observation from the answer of a weather service, in the shape of WeatherAPI's current.json or of OpenWeatherMap's
 * current weather (with units=metric). Our units are °C, km/h, %, km.
 */
import type { Observation } from '../../../db/weather/weather.ts'
import { AppError } from '../../../lib/errors.ts'
import type { Translated } from '../../../lib/texts.ts'

/** Throws AppError weather_unexpected that names what is missing. */
export function readObservation(place: string, json: unknown): Observation {
  const answer = json as Record<string, unknown> | null
  const shape = isObject(answer?.current)
    ? weatherApi(answer.current)
    : isObject(answer?.main)
      ? openWeather(answer!)
      : null
  if (!shape)
    throw unexpected(place, {
      en: 'it has the shape of neither WeatherAPI (current) nor OpenWeatherMap (main)',
      pt: 'não tem o formato da WeatherAPI (current) nem o da OpenWeatherMap (main)',
    })
  const { observed_s, ...figures } = shape
  const missing = Object.entries(figures).flatMap(([name, value]) => (value === undefined ? [name] : []))
  if (observed_s === undefined) missing.push('observed_at')
  const list = missing.join(', ')
  if (missing.length > 0)
    throw unexpected(place, { en: `${list} cannot be read from it`, pt: `não é possível ler ${list}` })
  const read = { place, observed_at: new Date(observed_s! * 1000), ...figures } as Observation
  const odd = oddFigure(read)
  if (odd) throw unexpected(place, odd)
  return read
}

/** undefined: missing; null: none, which only the visibility may be. */
interface Shape {
  observed_s: number | undefined
  temperature_c: number | undefined
  wind_kmh: number | undefined
  condition: string | undefined
  humidity_percent: number | undefined
  visibility_km: number | null
}

function weatherApi(current: Record<string, unknown>): Shape {
  return {
    observed_s: number(current.last_updated_epoch),
    temperature_c: number(current.temp_c),
    wind_kmh: number(current.wind_kph),
    condition: text((current.condition as Record<string, unknown> | undefined)?.text),
    humidity_percent: number(current.humidity),
    visibility_km: number(current.vis_km) ?? null,
  }
}

function openWeather({ dt, main, wind, weather, visibility }: Record<string, unknown>): Shape {
  const { temp, humidity } = main as Record<string, unknown>
  const speed_ms = number((wind as Record<string, unknown> | undefined)?.speed)
  const seen_m = number(visibility)
  return {
    observed_s: number(dt),
    temperature_c: number(temp),
    wind_kmh: speed_ms === undefined ? undefined : Math.round(speed_ms * 36) / 10,
    condition: text((weather as Array<Record<string, unknown>> | undefined)?.[0]?.description),
    humidity_percent: number(humidity),
    visibility_km: seen_m === undefined ? null : seen_m / 1000,
  }
}

/** A sentence on a figure that is impossible on Earth: it is in another unit. */
function oddFigure({ observed_at, temperature_c, wind_kmh, humidity_percent }: Observation): Translated | null {
  if (Number.isNaN(observed_at.getTime())) return { en: 'its time is none', pt: 'o horário não é válido' }
  if (temperature_c < -95 || temperature_c > 65)
    return {
      en: `${temperature_c} is no temperature in °C; ask for metric units (units=metric)`,
      pt: `${temperature_c} não é uma temperatura em °C; peça unidades métricas (units=metric)`,
    }
  if (wind_kmh < 0 || wind_kmh > 500)
    return { en: `${wind_kmh} is no wind in km/h`, pt: `${wind_kmh} não é um vento em km/h` }
  if (humidity_percent < 0 || humidity_percent > 100)
    return { en: `${humidity_percent} is no humidity in %`, pt: `${humidity_percent} não é uma umidade em %` }
  return null
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const number = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)

const text = (value: unknown) =>
  typeof value === 'string' && value.trim() !== '' ? value.trim().replaceAll('\0', '').toWellFormed() : undefined

const unexpected = (place: string, what: Translated) =>
  new AppError('upstream', 'weather_unexpected', {
    en: `The weather of ${place} cannot be used: ${what.en}; check WEATHER_URL.`,
    pt: `O clima de ${place} não pode ser usado: ${what.pt}; confira WEATHER_URL.`,
  })
