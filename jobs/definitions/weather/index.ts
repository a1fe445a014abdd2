/** Every hour: stores the weather at WEATHER_PLACES, from a weather service (WEATHER_URL, WEATHER_KEY), in sql and as CSV. */
import { Type } from '@sinclair/typebox'
import { AppError } from '../../../lib/errors.ts'
import { job } from '../../job.ts'
import { readWeather } from './read-weather.ts'

export default job({
  name: 'weather',
  schedule: '@hourly',
  retries: 2,
  backoff: { first_s: 60, max_s: 300 },
  timeout_s: 600,
  conf: Type.Object({
    places: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        minItems: 1,
        maxItems: 100,
        description: 'Instead of WEATHER_PLACES.',
      }),
    ),
  }),
  async run(context) {
    const { slot, conf, log, roles } = context
    const { weather } = roles.settings
    if (weather.url.includes('{key}') && weather.key === undefined) {
      const sentence = {
        en: 'WEATHER_KEY is not set: get one from the weather service, or name one without keys in WEATHER_URL.',
        pt: 'WEATHER_KEY não está definida: obtenha uma chave do serviço de clima, ou informe em WEATHER_URL um serviço sem chave.',
      }
      // No alert every hour for a job that was never set up; a trigger is told.
      if (slot === null) throw new AppError('internal', 'weather_not_configured', sentence)
      log.warn(sentence.en)
      return { skipped: sentence.en }
    }
    return readWeather(context, { ...weather, ...conf })
  },
})
