/** Pause, resume and cancel, for operators. What was sent is followed to its end, whatever is pressed. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { cancelReplay, pauseReplay, resumeReplay, type Replay } from '../../data/replays.ts'
import { useSay } from '../../languages.ts'
import { Button } from '../../parts/button.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { tell, tellFailure } from '../../parts/toasts.tsx'
import { useMay } from '../../session/me.ts'
import { TEXTS } from './texts.ts'

/** From so many, against what the canary has said, a slip hurts: a word is typed. */
const MANY = 20

export function Actions({ replay }: { replay: Replay }) {
  const mayAct = useMay('operator')
  const { state, pause_reason } = replay
  if (!mayAct || state === 'done' || state === 'cancelled') return null
  return (
    <>
      <Cancel replay={replay} />
      {state !== 'paused' ? (
        <Pause replay={replay} />
      ) : pause_reason === 'canary_failed' ? (
        <ResumeAnyway replay={replay} />
      ) : (
        <Resume replay={replay} />
      )}
    </>
  )
}

/** Each is the other's undo. */
function usePausing({ id, name }: Replay) {
  const say = useSay()
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries({ queryKey: ['replays'] })
  async function pause(): Promise<void> {
    await pauseReplay(id)
    await refresh()
    tell(say(TEXTS.paused_now, { name }), resume)
  }
  async function resume(): Promise<void> {
    await resumeReplay(id)
    await refresh()
    tell(say(TEXTS.resumed, { name }), pause)
  }
  return { pause, resume }
}

function Pause({ replay }: { replay: Replay }) {
  const say = useSay()
  const { pause } = usePausing(replay)
  const pausing = useMutation({ mutationFn: pause, onError: (error) => tellFailure(error.message) })
  return (
    <Button icon="pause" isPending={pausing.isPending} onPress={() => pausing.mutate()}>
      {say(TEXTS.pause)}
    </Button>
  )
}

function Resume({ replay }: { replay: Replay }) {
  const say = useSay()
  const { resume } = usePausing(replay)
  const resuming = useMutation({ mutationFn: resume, onError: (error) => tellFailure(error.message) })
  return (
    <Button icon="play" look="main" isPending={resuming.isPending} onPress={() => resuming.mutate()}>
      {say(TEXTS.resume)}
    </Button>
  )
}

function ResumeAnyway({ replay }: { replay: Replay }) {
  const say = useSay()
  const { resume } = usePausing(replay)
  const { unsent, canary, died_again } = replay
  return (
    <Confirm
      action={say(TEXTS.resume)}
      verb={say(TEXTS.resume_all)}
      icon="play"
      title={say(TEXTS.resume_title, { count: unsent })}
      {...(unsent >= MANY && { word: say(TEXTS.resume_word) })}
      run={resume}
    >
      <p>{say(TEXTS.resume_why, { canary, died: died_again })}</p>
    </Confirm>
  )
}

function Cancel({ replay: { id, unsent, waiting } }: { replay: Replay }) {
  const say = useSay()
  const queries = useQueryClient()
  async function run(): Promise<void> {
    const { undone } = await cancelReplay(id)
    for (const start of ['replays', 'dead-letters']) await queries.invalidateQueries({ queryKey: [start] })
    tell(say(TEXTS.cancelled, { count: undone }))
  }
  return (
    <Confirm
      action={say(TEXTS.cancel)}
      verb={unsent > 0 ? say(TEXTS.cancel_verb, { count: unsent }) : say(TEXTS.cancel_none)}
      icon="stop"
      look="grave"
      title={say(TEXTS.cancel_title, { count: unsent })}
      run={run}
    >
      <p className="muted">{say(TEXTS.cancel_why)}</p>
      {waiting > 0 && <p>{say(TEXTS.cancel_waiting, { count: waiting })}</p>}
    </Confirm>
  )
}
