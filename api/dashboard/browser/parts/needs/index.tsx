/**
 * What needs a person now, worst first: a consumer that waits for a decision, alerts that nobody has taken note of, jobs that ail
 * and replays that wait without one, dead letters.
 */
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { alertsQuery, countOf, NEEDS_PERSON, SILENCED } from '../../data/alerts.ts'
import { STORM_PAGES, type Consumer, type ConsumerSource } from '../../data/consumers.ts'
import { deadCountQuery } from '../../data/dead-letters.ts'
import { isFailing, jobsQuery, type Job } from '../../data/jobs.ts'
import { pausedReplaysQuery } from '../../data/replays.ts'
import type { Schemas } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Badge } from '../badge.tsx'
import { ReplayBadge } from '../letters/replay-badges.tsx'
import { useConsumer } from '../storm/use-consumer.ts'
import { AlertBadge, RunBadge } from '../state-badges/index.tsx'
import { TEXTS } from './texts.ts'

export interface Need {
  key: string
  href: string
  badge: ReactNode
  title: string
  /** The alert's rule. */
  rule: string | null
  detail: string
  /** ISO 8601 */
  since: string | null
}

/** `alerts`: the query that says whether they are known. `silenced`: the page of those that nobody is told of. */
export function useNeeds(): {
  alerts: UseQueryResult<Schemas['AlertPage']>
  needs: Need[]
  silenced: Schemas['AlertPage'] | undefined
} {
  const say = useSay()
  const { whenTold } = useLive()
  const alerts = useQuery({ ...alertsQuery(NEEDS_PERSON), refetchInterval: whenTold() })
  const firing = useQuery({ ...alertsQuery({ state: 'firing' }), refetchInterval: whenTold() })
  const silenced = useQuery({ ...alertsQuery(SILENCED), refetchInterval: whenTold() })
  const jobs = useQuery({ ...jobsQuery, refetchInterval: whenTold() })
  const paused = useQuery({ ...pausedReplaysQuery, refetchInterval: whenTold() })
  const held_up = paused.data?.items.filter(({ pause_reason }) => pause_reason === 'canary_failed') ?? []
  const of_orders = useConsumer('orders')
  const of_events = useConsumer('events')
  const of_people = useConsumer('people')
  const dead = useQuery({ ...deadCountQuery, refetchInterval: whenTold() }).data
  // Decided on another page, and shown until then, also when somebody has taken note of its alert.
  const others = alerts.data?.items.filter(({ rule }) => rule !== 'CONSUMER_PAUSED') ?? []
  // Also of those that somebody has noted, or silenced.
  const told = new Set(firing.data?.items.map(({ subject }) => subject))
  const ailing = (firing.data && jobs.data)?.items.filter((job) => isFailing(job) && !told.has(job.name)) ?? []
  return {
    alerts,
    silenced: silenced.data,
    needs: [
      ...(of_orders?.state === 'paused' ? [stopped('orders', of_orders)] : []),
      ...(of_events?.state === 'paused' ? [stopped('events', of_events)] : []),
      ...(of_people?.state === 'paused' ? [stopped('people', of_people)] : []),
      ...others.map(({ id, severity, state, name, subject, detail, opened_at }): Need => ({
        key: id,
        href: `/alerts/${id}`,
        badge: <AlertBadge severity={severity} state={state} />,
        title: subject,
        rule: name,
        detail,
        since: opened_at,
      })),
      ...ailing.map((job): Need => ({
        key: job.name,
        href: `/jobs/${job.name}`,
        title: job.name,
        rule: null,
        ...why(job),
      })),
      ...held_up.map(({ id, name, state, pause_reason, unsent, created_at }): Need => ({
        key: id,
        href: `/replays/${id}`,
        badge: <ReplayBadge state={state} pause_reason={pause_reason} />,
        title: name,
        rule: null,
        detail: say(TEXTS.replay_waits, { count: unsent }),
        since: created_at,
      })),
      ...(dead && dead.letters > 0 ? [died(dead)] : []),
    ],
  }

  function stopped(source: ConsumerSource, { reason, failed, of, since }: Consumer): Need {
    return {
      key: `consumer of ${source}`,
      href: STORM_PAGES[source],
      badge: (
        <Badge tone="worst" icon="pause">
          {say(TEXTS.paused)}
        </Badge>
      ),
      title: say(TEXTS.consumer[source]),
      rule: reason,
      detail: say(TEXTS.consumer_why, { failed: failed ?? 0, of: of ?? 0 }),
      since,
    }
  }

  function died({ letters, groups }: { letters: number; groups: number }): Need {
    return {
      key: 'dead letters',
      href: '/dead-letters',
      badge: (
        <Badge tone="warn" icon="letter">
          {say(TEXTS.dead)}
        </Badge>
      ),
      title: say(TEXTS.dead_letters, { count: letters }),
      rule: null,
      detail: say(TEXTS.dead_why, { count: groups }),
      since: null,
    }
  }

  function why({ problem, gone_at, last_run }: Job): Pick<Need, 'badge' | 'detail' | 'since'> & { href?: string } {
    if (problem)
      return {
        badge: (
          <Badge tone="bad" icon="warning">
            {say(TEXTS.problem)}
          </Badge>
        ),
        detail: `${say(TEXTS.job_problem)}: ${problem.sentence}`,
        since: null,
      }
    if (gone_at !== null)
      return {
        badge: (
          <Badge tone="warn" icon="unknown">
            {say(TEXTS.gone)}
          </Badge>
        ),
        detail: say(TEXTS.job_gone),
        since: gone_at,
      }
    const { id, at } = last_run!
    return { href: `/runs/${id}`, badge: <RunBadge state="failed" />, detail: say(TEXTS.job_failed), since: at }
  }
}

export function Silenced({ page }: { page: Schemas['AlertPage'] }) {
  const say = useSay()
  return (
    <Link className="small" href="/alerts?silenced=true">
      {say(TEXTS.silenced, { count: page.items.length, shown: countOf(page) })}
    </Link>
  )
}
