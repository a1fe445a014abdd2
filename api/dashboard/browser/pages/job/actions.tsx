import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { useParameter } from '../../address.ts'
import { ask, type Schemas } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { confOf, startOf } from '../../parts/conf-form/conf.ts'
import { ConfForm } from '../../parts/conf-form/index.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { tell } from '../../parts/toasts.tsx'
import { useMay } from '../../session/me.ts'
import { Backfill } from './backfill.tsx'
import { TEXTS } from './texts.ts'

type Job = Schemas['JobDetails']

/** An operator starts, an admin pauses; the API decides. */
export function Actions({ job }: { job: Job }) {
  const mayStart = useMay('operator')
  const mayPause = useMay('admin')
  if (!mayStart) return null
  return (
    <>
      {mayPause && <Pause job={job} />}
      {job.gone_at === null && job.after === null && <Backfill job={job.name} />}
      {job.gone_at === null && <Start job={job} />}
    </>
  )
}

function Start({ job: { name, conf_schema } }: { job: Job }) {
  const say = useSay()
  const queries = useQueryClient()
  const [, go] = useLocation()
  const [typed, setTyped] = useState(() => startOf(conf_schema))
  const [asked, setAsked] = useParameter('start')

  async function start(): Promise<void> {
    const conf = confOf(conf_schema, typed)
    const { run_id } = await ask((api) =>
      api.POST('/jobs/{name}/trigger', { params: { path: { name } }, body: { conf } }),
    )
    void queries.invalidateQueries({ queryKey: ['jobs'] })
    tell(say(TEXTS.started, { job: name }))
    go(`/runs/${run_id}`)
  }

  return (
    <Confirm
      action={say(TEXTS.start)}
      icon="play"
      look="main"
      isAsked={asked === 'now'}
      onClose={() => setAsked('')}
      title={say(TEXTS.start_title, { job: name })}
      run={start}
    >
      <ConfForm schema={conf_schema} typed={typed} onChange={setTyped} />
    </Confirm>
  )
}

function Pause({ job: { name, paused_at } }: { job: Job }) {
  const say = useSay()
  const queries = useQueryClient()
  const isPaused = paused_at !== null

  async function change(): Promise<void> {
    const params = { path: { name } }
    await ask((api) =>
      isPaused ? api.POST('/jobs/{name}/resume', { params }) : api.POST('/jobs/{name}/pause', { params }),
    )
    await queries.invalidateQueries({ queryKey: ['jobs'] })
    tell(say(isPaused ? TEXTS.resumed : TEXTS.paused_now, { job: name }))
  }

  if (isPaused)
    return <Confirm action={say(TEXTS.resume)} icon="play" title={`${say(TEXTS.resume)}: ${name}`} run={change} />
  return (
    <Confirm action={say(TEXTS.pause)} icon="pause" title={say(TEXTS.pause_title, { job: name })} run={change}>
      <p>{say(TEXTS.pause_why)}</p>
    </Confirm>
  )
}
