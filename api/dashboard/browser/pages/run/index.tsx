/** One run: what became of it, its attempts and steps, what it was given and returned, and its log, live. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useParams } from 'wouter'
import { ask, type Schemas } from '../../api/client.ts'
import { runQuery } from '../../data/jobs.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Icon } from '../../parts/icon.tsx'
import { CopyButton } from '../../parts/copy.tsx'
import { OpenAlerts } from '../../parts/open-alerts/index.tsx'
import { Facts, PageHead, Panel } from '../../parts/panel.tsx'
import { TRIGGERS } from '../../parts/runs/texts.ts'
import { RunBadge } from '../../parts/state-badges/index.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Duration, exactTime, Time } from '../../parts/time.tsx'
import { tell } from '../../parts/toasts.tsx'
import { useMay } from '../../session/me.ts'
import { Log } from './log.tsx'
import { TEXTS } from './texts.ts'
import { Timeline } from './timeline.tsx'
import { Said } from '../../parts/said.tsx'

type Run = Schemas['RunDetails']

export default function RunPage() {
  const { id = '' } = useParams<{ id: string }>()
  const { every } = useLive()
  const run = useQuery({
    ...runQuery(id),
    refetchInterval: ({ state: { data } }) => every(data && hasEnded(data) ? 30_000 : 2000),
  })
  return <Loaded query={run}>{(known) => <RunView run={known} refresh={() => void run.refetch()} />}</Loaded>
}

const hasEnded = ({ state }: Run) => state !== 'queued' && state !== 'running'

function RunView({ run, refresh }: { run: Run; refresh: () => void }) {
  const say = useSay()
  const locale = useLocale()
  const { id, job, slot, state, attempt, started_at, finished_at, worker, error, conf, result } = run
  return (
    <>
      <PageHead
        title={say(TEXTS.title, { job })}
        badge={
          <>
            <RunBadge state={state} />
            {run.cancel_requested_at !== null && !hasEnded(run) && (
              <span className="muted">{say(TEXTS.cancelling)}</span>
            )}
          </>
        }
      >
        <Actions run={run} />
      </PageHead>
      <div className="stack">
        {error !== null && (
          <div className="trouble bad">
            <Icon name="warning" />
            <div>
              <p className="small">{say(TEXTS.error)}</p>
              <pre className="error-text">
                <Said text={error} />
              </pre>
            </div>
          </div>
        )}
        <OpenAlerts subject={job} />
        <Timeline run={run} />
        <div className="run">
          <Log run_id={id} attempt={attempt} onEnd={refresh} />
          <div className="stack">
            <Panel title={say(TEXTS.facts)}>
              <Facts
                of={[
                  ['Job', <Link href={`/jobs/${job}`}>{job}</Link>],
                  [say(TEXTS.scheduled_for), slot === null ? say(TEXTS.by_hand) : exactTime(slot, locale)],
                  [say(TEXTS.began), started_at === null ? say(TEXTS.not_yet) : <Time at={started_at} />],
                  [say(TEXTS.took), started_at === null ? '—' : <Duration from={started_at} to={finished_at} />],
                  [say(TEXTS.trigger), say(TRIGGERS[run.trigger])],
                  ...(worker === null ? [] : [[say(TEXTS.worker), worker] as const]),
                ]}
              />
            </Panel>
            <p className="small">
              <Link href={`/jobs/${job}`}>{say(TEXTS.all_of_job, { job })}</Link>
            </p>
            <Json title={say(TEXTS.conf)} value={conf} />
            <Json title={say(TEXTS.result)} value={result} />
          </div>
        </div>
      </div>
    </>
  )
}

function Actions({ run }: { run: Run }) {
  const say = useSay()
  const queries = useQueryClient()
  const { id, job, state } = run
  const params = { path: { id } }
  const changed = () => queries.invalidateQueries({ queryKey: ['runs', id] })
  const mayChange = useMay('operator')

  async function retry(): Promise<void> {
    await ask((api) => api.POST('/runs/{id}/retry', { params }))
    await changed()
    tell(say(TEXTS.retried))
  }

  if (!mayChange) return null
  if (state === 'failed' || state === 'cancelled')
    return (
      <Confirm action={say(TEXTS.retry)} icon="retry" look="main" title={say(TEXTS.retry_title, { job })} run={retry}>
        <p>{say(TEXTS.retry_why)}</p>
      </Confirm>
    )
  if (hasEnded(run)) return null
  return (
    <Confirm
      action={say(TEXTS.cancel)}
      icon="stop"
      look="grave"
      isDisabled={run.cancel_requested_at !== null}
      title={say(TEXTS.cancel_title, { job })}
      run={async () => {
        const { state } = await ask((api) => api.POST('/runs/{id}/cancel', { params }))
        await changed()
        // What waited can wait again; what runs has begun.
        if (state === 'cancelled') tell(say(TEXTS.cancelled), retry)
        else tell(say(TEXTS.cancelling))
      }}
    >
      <p>{say(TEXTS.cancel_why)}</p>
    </Confirm>
  )
}

function Json({ title, value }: { title: string; value: unknown }) {
  if (value === null || value === undefined || JSON.stringify(value) === '{}') return null
  return (
    <Panel title={title} aside={<CopyButton text={() => JSON.stringify(value, null, 2)} />}>
      <pre className="json" tabIndex={0}>
        {JSON.stringify(value, null, 2)}
      </pre>
    </Panel>
  )
}
