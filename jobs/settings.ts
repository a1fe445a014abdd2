/** What the built-in jobs are configured with; read by config.ts, handed to every run as roles.settings. */
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
  /** How many days of each are kept. */
  keep_days: Record<Kept, number>
}

export type Kept =
  'runs' | 'run_logs' | 'probe' | 'audit' | 'sessions' | 'alerts' | 'events_seen' | 'stream' | 'reports'
