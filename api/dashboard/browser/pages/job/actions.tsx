import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { useParameter } from '../../address.ts'
import { ask, type Schemas } from '../../api/client.ts'
import { cancelRuns, queueRunsAgain } from '../../data/change-runs.ts'
import { useSay } from '../../languages.ts'
import { ConfForm, useConfForm } from '../../parts/conf-form/index.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Field } from '../../parts/field.tsx'
import { tell } from '../../parts/toasts.tsx'
import { useMay } from '../../session/me.ts'
import { Backfill } from './backfill.tsx'
import { TEXTS } from './texts.ts'

type Job = Schemas['JobDetails']

/** An operator starts, an admin pauses and forgets; the API decides. */
export function Actions({ job }: { job: Job }) {
  const mayStart = useMay('operator')
  const mayPause = useMay('admin')
  if (!mayStart) return null
  if (job.gone_at !== null) return mayPause && <Forget job={job} />
  return (
    <>
      {job.queued > 0 && <CancelQueued job={job} />}
      {mayPause && <Pause job={job} />}
      {job.after === null && <Backfill job={job.name} schema={job.conf_schema} />}
      <Start key={JSON.stringify(job.conf_schema)} job={job} />
    </>
  )
}

function Start({ job: { name, conf_schema } }: { job: Job }) {
  const say = useSay()
  const queries = useQueryClient()
  const [, go] = useLocation()
  const [asked, setAsked] = useParameter('start')
  const form = useConfForm(conf_schema)

  async function start(): Promise<void> {
    const { run_id } = await form.submit((conf) =>
      ask((api) => api.POST('/jobs/{name}/trigger', { params: { path: { name } }, body: { conf } })),
    )
    void queries.invalidateQueries({ queryKey: ['jobs'] })
    tell(say(TEXTS.started, { job: name }), async () => {
      await cancelRuns([run_id])
      tell(say(TEXTS.cancelled, { count: 1 }))
    })
    go(`/runs/${run_id}`)
  }

  return (
    <Confirm
      action={say(TEXTS.start)}
      icon="play"
      look="main"
      isAsked={asked === 'now'}
      onClose={() => setAsked('', 'replace')}
      title={say(TEXTS.start_title, { job: name })}
      run={start}
    >
      <ConfForm form={form} />
    </Confirm>
  )
}

function Pause({ job: { name, paused_at, pause_reason } }: { job: Job }) {
  const say = useSay()
  const queries = useQueryClient()
  const [reason, setReason] = useState('')

  async function pause(why: string): Promise<void> {
    const body = why.trim() === '' ? {} : { reason: why.trim() }
    await ask((api) => api.POST('/jobs/{name}/pause', { params: { path: { name } }, body }))
    await queries.invalidateQueries({ queryKey: ['jobs'] })
    tell(say(TEXTS.paused_now, { job: name }), resume)
    setReason('')
  }
  async function resume(): Promise<void> {
    await ask((api) => api.POST('/jobs/{name}/resume', { params: { path: { name } } }))
    await queries.invalidateQueries({ queryKey: ['jobs'] })
    tell(say(TEXTS.resumed, { job: name }), () => pause(pause_reason ?? reason))
  }

  if (paused_at !== null)
    return <Confirm action={say(TEXTS.resume)} icon="play" title={`${say(TEXTS.resume)}: ${name}`} run={resume} />
  return (
    <Confirm
      action={say(TEXTS.pause)}
      icon="pause"
      title={say(TEXTS.pause_title, { job: name })}
      run={() => pause(reason)}
    >
      <p>{say(TEXTS.pause_why)}</p>
      <Field
        label={say(TEXTS.pause_reason)}
        hint={say(TEXTS.pause_reason_hint)}
        value={reason}
        onChange={setReason}
        maxLength={500}
      />
    </Confirm>
  )
}

/** So many are queued again one by one; more would come up against the limit of requests. */
const UNDONE = 100

function CancelQueued({ job: { name, queued } }: { job: Job }) {
  const say = useSay()
  const queries = useQueryClient()

  async function cancel(): Promise<void> {
    const { count, run_ids } = await ask((api) =>
      api.POST('/jobs/{name}/cancel-queued', { params: { path: { name } }, body: {} }),
    )
    await queries.invalidateQueries({ queryKey: ['jobs'] })
    const undo = async () => {
      // The oldest first, as they waited.
      const again = await queueRunsAgain(run_ids)
      await queries.invalidateQueries({ queryKey: ['jobs'] })
      tell(say(TEXTS.queued_again, { count: again.length }))
    }
    tell(say(TEXTS.cancelled, { count }), count <= UNDONE ? undo : undefined)
  }

  return (
    <Confirm
      action={say(TEXTS.cancel_queued, { count: queued })}
      icon="stop"
      look="grave"
      title={say(TEXTS.cancel_queued_title, { count: queued, job: name })}
      run={cancel}
    >
      <p>{say(TEXTS.cancel_queued_why)}</p>
    </Confirm>
  )
}

function Forget({ job: { name } }: { job: Job }) {
  const say = useSay()
  const queries = useQueryClient()
  const [, go] = useLocation()
  const [typed, setTyped] = useState('')

  async function forget(): Promise<void> {
    if (typed !== name) throw new Error(say(TEXTS.forget_other))
    await ask((api) => api.DELETE('/jobs/{name}', { params: { path: { name } } }))
    tell(say(TEXTS.forgotten, { job: name }))
    go('/jobs')
    await queries.invalidateQueries({ queryKey: ['jobs'] })
  }

  return (
    <Confirm
      action={say(TEXTS.forget)}
      icon="cross"
      look="grave"
      title={say(TEXTS.forget_title, { job: name })}
      run={forget}
    >
      <p>{say(TEXTS.forget_why)}</p>
      <Field label={say(TEXTS.forget_name)} value={typed} onChange={setTyped} />
    </Confirm>
  )
}
