/** Sends what is pending, and shows how far it has come; by whichever page of this tab it was begun. */
import { useMutation, useMutationState, useQuery, useQueryClient } from '@tanstack/react-query'
import { flowQuery, sendSystem } from '../../data/orders.ts'
import { useSay } from '../../languages.ts'
import { Confirm } from '../confirm.tsx'
import { Refusal } from '../states.tsx'
import { tell } from '../toasts.tsx'
import { TEXTS } from './texts.ts'

const keyOf = (system: string) => ['send orders', system]

/** `pending`: as the flow has it. */
export function Send({ system, pending }: { system: string; pending: number }) {
  const say = useSay()
  const queries = useQueryClient()
  const { state } = useSending(system)
  const sending = useMutation({
    mutationKey: keyOf(system),
    mutationFn: (_begun: Begun) => sendSystem(system),
    onSuccess: ({ sent }) => tell(say(TEXTS.sent, { count: sent, system })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['orders'] }),
  })
  return (
    <Confirm
      action={pending === 0 ? say(TEXTS.nothing_pending) : say(TEXTS.send, { count: pending })}
      icon="play"
      look="main"
      isDisabled={pending === 0 || state === 'pending'}
      title={say(TEXTS.send_title, { count: pending, system })}
      run={() => {
        sending.mutate({ pending })
        return Promise.resolve()
      }}
    >
      <p>{say(TEXTS.send_what)}</p>
    </Confirm>
  )
}

interface Begun {
  /** Rows that were to be sent then. */
  pending: number
}

/** The last send of this tab. */
function useSending(system: string) {
  const sends = useMutationState({
    filters: { mutationKey: keyOf(system) },
    select: ({ state: { status, variables, error } }) => ({ state: status, begun: variables as Begun, error }),
  })
  return sends.at(-1) ?? { state: 'idle' as const, begun: undefined, error: null }
}

const LOOK_MS = 1000

/** Nothing unless it is under way, or has failed. */
export function SendProgress({ system }: { system: string }) {
  const say = useSay()
  const { state, begun, error } = useSending(system)
  const isSending = state === 'pending'
  const flow = useQuery({ ...flowQuery, enabled: isSending, refetchInterval: isSending && LOOK_MS })
  if (state === 'error')
    return (
      <div className="stack">
        <Refusal error={error} />
        <p className="small muted">{say(TEXTS.not_all)}</p>
      </div>
    )
  if (!isSending || !begun) return null
  const count = begun.pending
  const done = Math.max(0, count - (flow.data?.by_system[system]?.pending ?? count))
  return (
    <div className="send-progress">
      <progress max={count} value={done} aria-label={say(TEXTS.sending, { done, count })} />
      <p className="small" role="status">
        {say(TEXTS.sending, { done, count })} <span className="muted">{say(TEXTS.sending_why)}</span>
      </p>
    </div>
  )
}
