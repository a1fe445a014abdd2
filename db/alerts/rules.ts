/**
 * The rules of alerts, as data. An observation says that a rule's subject is well or not; the rule says how many of those
 * make an alert, how bad it is, and which other alerts it inhibits because they are only its consequence.
 */
/** From the least to the worst. */
export const SEVERITIES = ['INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const
export type Severity = (typeof SEVERITIES)[number]

export interface Rule {
  severity: Severity
  /** Failing observations in a row before it fires. */
  failures: number
  /** Good ones in a row before it is resolved. */
  successes: number
  /** While it fires and nobody has acknowledged it, it is told again so often; null: never. */
  remind_s: number | null
  /**
   * While this fires, alerts of these rules are recorded and not told; those that still fire afterwards are. What is observed
   * afterwards and failed meanwhile, as missed slots did, is its consequence for good.
   */
  inhibits: readonly string[]
  /**
   * As these do, of subjects that name one that its own names, as `doca-events events` names `events`; and for OWN_CLEARS_S afterwards, in which what
   * has waited is read.
   */
  inhibits_own?: readonly string[]
}

export const OWN_CLEARS_S = 120

const HOUR_S = 3600
/** Rules whose subjects cannot be well without the database. A full disk may be the cause of its failure: that is told. */
const NEEDS_DATABASE = [
  'PROGRAM_SILENT',
  'JOB_SILENT',
  'API_DOWN',
  'API_HIGH_LATENCY',
  'CACHE_CONNECTION_LOST',
  'JOB_FAILED',
  'JOB_MISSED',
  'PING_OVERDUE',
]
const WAITS_FOR_DATABASE = ['QUEUE_DEAD', 'QUEUE_LAG', 'STREAM_LAG', 'DATA_STALE', 'BACKUP_STALE', 'WAL_NOT_KEPT']

/** Those of the probe are observed every 15 s; JOB_FAILED once for each run, JOB_MISSED at each look, JOB_GONE and
 * JOB_INVALID when they begin and end. */
export const RULES = {
  DB_CONNECTION_LOST: {
    severity: 'CRITICAL',
    failures: 3,
    successes: 1,
    remind_s: HOUR_S,
    inhibits: [...NEEDS_DATABASE, ...WAITS_FOR_DATABASE],
  },
  API_DOWN: {
    severity: 'CRITICAL',
    // Two looks may fall into the seconds that everything takes to start.
    failures: 3,
    successes: 2,
    remind_s: HOUR_S,
    // The API takes the pings.
    inhibits: ['API_HIGH_LATENCY', 'PING_OVERDUE'],
  },
  API_HIGH_LATENCY: { severity: 'WARNING', failures: 2, successes: 4, remind_s: 4 * HOUR_S, inhibits: [] },
  CACHE_CONNECTION_LOST: {
    severity: 'ERROR',
    failures: 2,
    successes: 2,
    remind_s: 4 * HOUR_S,
    // Every request tries the cache first.
    inhibits: ['API_HIGH_LATENCY'],
  },
  /** Observed by every program that is at work itself. */
  PROGRAM_SILENT: { severity: 'CRITICAL', failures: 1, successes: 1, remind_s: HOUR_S, inhibits: [] },
  /** Over when the clock has gone as time does for a while. */
  CLOCK_JUMPED: { severity: 'ERROR', failures: 1, successes: 12, remind_s: null, inhibits: [] },
  /** From the first long block of a worker's event loop that is still going on, to its end. */
  LOOP_BLOCKED: { severity: 'WARNING', failures: 1, successes: 1, remind_s: HOUR_S, inhibits: [] },
  JOB_SILENT: { severity: 'ERROR', failures: 2, successes: 1, remind_s: 24 * HOUR_S, inhibits: [] },
  LOW_DISK_SPACE: { severity: 'ERROR', failures: 2, successes: 2, remind_s: 12 * HOUR_S, inhibits: [] },
  JOB_FAILED: { severity: 'ERROR', failures: 1, successes: 1, remind_s: 24 * HOUR_S, inhibits: [] },
  JOB_GONE: { severity: 'WARNING', failures: 1, successes: 1, remind_s: null, inhibits: [] },
  JOB_INVALID: { severity: 'ERROR', failures: 1, successes: 1, remind_s: 24 * HOUR_S, inhibits: [] },
  JOB_MISSED: { severity: 'WARNING', failures: 1, successes: 1, remind_s: null, inhibits: [] },
  QUEUE_DEAD: { severity: 'WARNING', failures: 1, successes: 1, remind_s: 24 * HOUR_S, inhibits: [] },
  /** From the storm to a person's decision. */
  CONSUMER_PAUSED: {
    severity: 'ERROR',
    failures: 1,
    successes: 1,
    remind_s: HOUR_S,
    inhibits: ['DATA_STALE'],
    inhibits_own: ['QUEUE_LAG', 'STREAM_LAG'],
  },
  /** The oldest message of a queue waits too long. */
  QUEUE_LAG: { severity: 'WARNING', failures: 2, successes: 2, remind_s: 4 * HOUR_S, inhibits: ['DATA_STALE'] },
  /** Each group once, and again after it was empty. */
  DEAD_LETTERS_NEW: { severity: 'WARNING', failures: 1, successes: 1, remind_s: null, inhibits: ['QUEUE_DEAD'] },
  DEAD_LETTERS_GROW: { severity: 'ERROR', failures: 1, successes: 4, remind_s: 24 * HOUR_S, inhibits: ['QUEUE_DEAD'] },
  STREAM_LAG: { severity: 'WARNING', failures: 4, successes: 2, remind_s: 4 * HOUR_S, inhibits: ['DATA_STALE'] },
  DATA_STALE: { severity: 'WARNING', failures: 2, successes: 2, remind_s: 4 * HOUR_S, inhibits: [] },
  BACKUP_STALE: { severity: 'ERROR', failures: 1, successes: 1, remind_s: 24 * HOUR_S, inhibits: [] },
  /** A try that fails is repeated after a minute. */
  WAL_NOT_KEPT: { severity: 'ERROR', failures: 2, successes: 1, remind_s: 4 * HOUR_S, inhibits: [] },
  /** Each monitor says how many failing checks make it down; from then on it is observed at every check. */
  MONITOR_DOWN: { severity: 'ERROR', failures: 1, successes: 1, remind_s: 4 * HOUR_S, inhibits: [] },
  CERTIFICATE_ENDS: { severity: 'WARNING', failures: 1, successes: 1, remind_s: 24 * HOUR_S, inhibits: [] },
  PING_OVERDUE: { severity: 'ERROR', failures: 1, successes: 1, remind_s: 24 * HOUR_S, inhibits: [] },
  PING_FAILED: { severity: 'ERROR', failures: 1, successes: 1, remind_s: 24 * HOUR_S, inhibits: [] },
  CHANNEL_DOWN: { severity: 'ERROR', failures: 2, successes: 1, remind_s: 24 * HOUR_S, inhibits: [] },
} as const satisfies Record<string, Rule>

/** Rules about a figure, and what it is in: an observation below or above it is well (LOW_DISK_SPACE: above). */
export const THRESHOLDS: Partial<Record<RuleName, 'duration' | 'percent' | 'count' | 'count or duration'>> = {
  API_HIGH_LATENCY: 'duration',
  LOW_DISK_SPACE: 'percent',
  QUEUE_DEAD: 'count',
  DEAD_LETTERS_GROW: 'count',
  QUEUE_LAG: 'duration',
  STREAM_LAG: 'count or duration',
  DATA_STALE: 'duration',
  BACKUP_STALE: 'duration',
}

/** By cause and consequence. */
export const INHIBITIONS = Object.entries<Rule>(RULES).flatMap(([by, { inhibits, inhibits_own = [] }]) => [
  ...inhibits.map((rule) => ({ by, rule, own: false })),
  ...inhibits_own.map((rule) => ({ by, rule, own: true })),
])

export type RuleName = keyof typeof RULES
export const RULE_NAMES = Object.keys(RULES) as RuleName[]

/** Names of rules that people who come from other systems know. */
export const ALIASES = { AIRFLOW_DAG_FAILED: 'JOB_FAILED' } as const satisfies Record<string, RuleName>
export type Alias = keyof typeof ALIASES

export const ruleOf = (name: RuleName): Rule => RULES[name]
