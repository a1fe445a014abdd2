/** The configuration of the built-in jobs, handed to every run as roles.settings. */
import { readPeopleTopic } from '../db/people/config.ts'
import type { EnvReader } from '../lib/env.ts'

export interface JobSettings {
  users: {
    url: string
    topic: string
    seconds: number
    /** People a second, and on a page. */
    per_s: number
    page: number
  }
  weather: {
    /** With {place}, and {key} where the service wants one. */
    url: string
    key: string | undefined
    places: string[]
  }
  /** Days that each is kept. */
  keep_days: Record<Kept, number>
}

export type Kept =
  'runs' | 'run_logs' | 'probe' | 'monitors' | 'audit' | 'sessions' | 'alerts' | 'events_seen' | 'stream' | 'reports'

const WEATHER_API = 'https://api.weatherapi.com/v1/current.json?key={key}&q={place}&lang=pt'
const DAYS = { min: 1, max: 36_500 }

export function readSettings(read: EnvReader): JobSettings {
  const url = read.url('WEATHER_URL', ['http', 'https'], WEATHER_API)
  if (!url.includes('{place}'))
    read.problem('WEATHER_URL has no {place}; write it where the name of the place belongs, e.g. ?q={place}.')
  const named = read.text('WEATHER_PLACES', 'São Paulo')
  const places = named.split(';').flatMap((place) => place.trim() || [])
  return {
    users: {
      url: read.url('USERS_API_URL', ['http', 'https'], 'https://randomuser.me/api/'),
      topic: readPeopleTopic(read),
      seconds: read.integer('USERS_STREAM_S', 60, { min: 1, max: 3600 }),
      per_s: read.integer('USERS_STREAM_PER_S', 20, { min: 1, max: 1000 }),
      page: read.integer('USERS_STREAM_PAGE', 100, { min: 1, max: 5000 }),
    },
    weather: { url, key: read.text('WEATHER_KEY'), places },
    keep_days: {
      runs: read.integer('KEEP_RUNS_DAYS', 90, DAYS),
      run_logs: read.integer('KEEP_RUN_LOGS_DAYS', 30, DAYS),
      probe: read.integer('KEEP_PROBE_DAYS', 31, DAYS),
      monitors: read.integer('KEEP_MONITORS_DAYS', 180, DAYS),
      audit: read.integer('KEEP_AUDIT_DAYS', 730, DAYS),
      sessions: read.integer('KEEP_SESSIONS_DAYS', 30, DAYS),
      alerts: read.integer('KEEP_ALERTS_DAYS', 180, DAYS),
      events_seen: read.integer('KEEP_EVENT_IDS_DAYS', 365, DAYS),
      stream: read.integer('KEEP_STREAM_DAYS', 7, DAYS),
      reports: read.integer('KEEP_REPORTS_DAYS', 365, DAYS),
    },
  }
}
