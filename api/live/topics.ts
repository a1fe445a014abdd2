/** What GET /live can tell of, who may follow it, and which notifications are about it. A new topic is an entry here. */
import { ALERTS_CHANGED } from '../../db/alerts/alerts.ts'
import { CHARTS_CHANGED } from '../../db/charts/claim-charts.ts'
import { LETTERS_CHANNEL } from '../../db/dead-letters/letters.ts'
import { REPLAYS_CHANNEL } from '../../db/dead-letters/replays/start.ts'
import { STORMS_CHANNEL } from '../../db/dead-letters/storms.ts'
import { GROUPS_CHANNEL } from '../../db/engines/stream/sql/groups.ts'
import { RUN_CANCELLED } from '../../db/jobs/cancel-runs.ts'
import { JOBS_REGISTERED } from '../../db/jobs/jobs.ts'
import { RUN_ENDED, RUN_QUEUED, RUN_STARTED } from '../../db/jobs/runs.ts'
import { SLOTS_RECORDED } from '../../db/jobs/slots.ts'
import { PROBE_SAMPLED } from '../../db/monitoring/probe.ts'
import { MONITORS_CHANGED } from '../../db/monitors/register.ts'
import { ORDERS_CHANGED } from '../../db/orders/changes.ts'
import { PEOPLE_CHANGED } from '../../db/people/store-people.ts'
import { REPORT_PUBLISHED } from '../../db/reports/reports.ts'
import type { UserRole } from '../../db/users/users.ts'

interface Rules {
  /** Who may follow it; unset: every user. */
  access?: UserRole
  /** Channels of NOTIFY. */
  channels: readonly string[]
  /** How the audited actions begin that are about it: what people change is told by its row of the audit. */
  actions: readonly string[]
}

const RULES = {
  alerts: { channels: [ALERTS_CHANGED], actions: ['alert.', 'silence.'] },
  audit: { access: 'admin', channels: [], actions: [''] },
  charts: { channels: [CHARTS_CHANGED], actions: ['chart.'] },
  // Of deaths the orders, people and the drain of failed events tell.
  'dead-letters': {
    channels: [ORDERS_CHANGED, PEOPLE_CHANGED, LETTERS_CHANNEL, REPLAYS_CHANNEL],
    actions: ['dead_letters.', 'replay.'],
  },
  jobs: {
    channels: [JOBS_REGISTERED, RUN_QUEUED, RUN_STARTED, RUN_CANCELLED, RUN_ENDED, SLOTS_RECORDED],
    actions: ['job.', 'run.'],
  },
  monitors: { channels: [MONITORS_CHANGED], actions: [] },
  orders: { channels: [ORDERS_CHANGED, STORMS_CHANNEL], actions: ['orders.', 'dead_letters.', 'replay.'] },
  people: { channels: [PEOPLE_CHANGED], actions: ['people.'] },
  packaging: { channels: [], actions: ['packaging.'] },
  reports: { channels: [REPORT_PUBLISHED], actions: [] },
  // On an engine of its own a stream does not say that members come and go; the probe looks every 15 s.
  streams: { channels: [PROBE_SAMPLED, GROUPS_CHANNEL], actions: ['events.'] },
  users: { access: 'admin', channels: [], actions: ['user.', 'password.', 'two_factor.'] },
} satisfies Record<string, Rules>

export type Topic = keyof typeof RULES
export const TOPICS = Object.keys(RULES) as Topic[]

const rules = Object.entries<Rules>(RULES) as Array<[Topic, Rules]>

/** Every channel but that of the audit. */
export const CHANNELS = [...new Set(rules.flatMap(([, { channels }]) => channels))]

export const topicsOfChannel = (channel: string): Topic[] =>
  rules.filter(([, { channels }]) => channels.includes(channel)).map(([topic]) => topic)

/** `action`: of the audit; empty after a lost connection, when it may have been any. */
export const topicsOfAction = (action: string): Topic[] =>
  rules
    .filter(([, { actions }]) => actions.some((start) => action === '' || action.startsWith(start)))
    .map(([topic]) => topic)

/** The role that all of these take together. */
export const accessTo = (topics: readonly Topic[]): UserRole =>
  rules.some(([topic, { access }]) => access === 'admin' && topics.includes(topic)) ? 'admin' : 'viewer'
