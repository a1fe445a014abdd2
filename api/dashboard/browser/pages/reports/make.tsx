/** Makes a report now: starts the job, and follows its run to the end. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import { ask } from '../../api/client.ts'
import { runQuery } from '../../data/jobs.ts'
import { REPORT_JOB } from '../../data/reports.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Button } from '../../parts/button.tsx'
import { RunBadge } from '../../parts/state-badges/index.tsx'
import { Refusal } from '../../parts/states.tsx'
import { Duration } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'
import { Said } from '../../parts/said.tsx'

const SOON_MS = 1000

export function Make() {
  const say = useSay()
  const [run_id, follow] = useState<string | null>(null)
  const starting = useMutation({
    mutationFn: () =>
      ask((api) => api.POST('/jobs/{name}/trigger', { params: { path: { name: REPORT_JOB } }, body: {} })),
    onSuccess: (started) => follow(started.run_id),
  })
  return (
    <section className="panel make-report" aria-label={say(TEXTS.make)}>
      <p>{say(TEXTS.make_what)}</p>
      <Button look="main" icon="play" isPending={starting.isPending} onPress={() => starting.mutate()}>
        {say(TEXTS.make)}
      </Button>
      {run_id !== null && <Progress key={run_id} run_id={run_id} />}
      <Refusal error={starting.error} />
    </section>
  )
}

function Progress({ run_id }: { run_id: string }) {
  const say = useSay()
  const { every } = useLive()
  const queries = useQueryClient()
  const { data: run, error } = useQuery({
    ...runQuery(run_id),
    refetchInterval: ({ state: { data } }) => (data?.finished_at ? false : every(SOON_MS)),
  })
  const isDone = run?.state === 'succeeded'
  useEffect(() => {
    if (isDone) void queries.invalidateQueries({ queryKey: ['reports'] })
  }, [isDone, queries])
  if (!run) return <Refusal error={error} />
  return (
    <div className="make-progress" role="status">
      <RunBadge state={run.state} />
      <span>
        {say(TEXTS[`run_${run.state}`])}
        {run.started_at !== null && run.finished_at === null && (
          <>
            {' '}
            <span className="muted">
              <Duration from={run.started_at} to={null} />
            </span>
          </>
        )}
      </span>
      <Link href={`/runs/${run_id}`}>{say(TEXTS.run_link)}</Link>
      {run.state === 'failed' && run.error && (
        <p className="make-error">
          <Said text={run.error} />
        </p>
      )}
    </div>
  )
}
