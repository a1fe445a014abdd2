import { doublePrecision, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { time, written } from '../engines/postgres/columns.ts'

/** The weather service's observations at each place; read again, an observation is replaced. */
export const weather = pgTable(
  'weather',
  {
    /** As the configuration names it. */
    place: text().notNull(),
    observed_at: time().notNull(),
    temperature_c: doublePrecision().notNull(),
    wind_kmh: doublePrecision().notNull(),
    /** In the service's words. */
    condition: text().notNull(),
    humidity_percent: doublePrecision().notNull(),
    /** null where the service does not say. */
    visibility_km: doublePrecision(),
    read_at: written(),
  },
  (t) => [primaryKey({ columns: [t.place, t.observed_at] }), index('weather_observed').on(t.observed_at)],
)
