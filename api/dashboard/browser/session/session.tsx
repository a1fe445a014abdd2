/**
 * The session of this browser. The states: unknown until GET /me has answered; out; in, but with a password to choose or a
 * second factor to enrol; in; ended, where the page stays as it is behind the sign-in, with all that was typed.
 */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, type ReactNode } from 'react'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components/Modal'
import { isOffline, onSignedOut, Problem } from '../api/client.ts'
import { useSay } from '../languages.ts'
import { LiveProvider } from '../live.tsx'
import { Failed } from '../parts/states.tsx'
import { ChoosePassword } from './choose-password.tsx'
import { Enrol } from './enrol.tsx'
import { Entrance } from './entrance.tsx'
import { ProofProvider } from './proof.tsx'
import { readMe, SessionContext } from './me.ts'
import { SignIn } from './sign-in.tsx'
import { TEXTS } from './texts.ts'

export function Session({ children }: { children: ReactNode }) {
  const say = useSay()
  const queries = useQueryClient()
  const [hasEnded, setEnded] = useState(false)
  const [isEnrolling, setEnrolling] = useState(false)
  const me = useQuery({ queryKey: ['me'], queryFn: readMe, staleTime: 60_000 })
  useEffect(() => onSignedOut(() => setEnded(true)), [])

  async function entered(): Promise<void> {
    const before = me.data?.id
    const now = await queries.fetchQuery({ queryKey: ['me'], queryFn: readMe, staleTime: 0 })
    if (before !== now.id) queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' })
    else await queries.invalidateQueries()
    setEnded(false)
    setEnrolling(false)
  }

  const known = me.data
  if (!known) {
    if (me.error instanceof Problem && me.error.status === 401) return <SignIn entered={entered} />
    const failure = me.error ?? (isOffline(me.failureReason) ? me.failureReason : null)
    if (!failure) return null
    return (
      <Entrance>
        <Failed error={failure} {...(me.error && { retry: () => void me.refetch() })} />
      </Entrance>
    )
  }
  if (!hasEnded && known.must_change_password) return <ChoosePassword username={known.username} done={entered} />
  // Until the recovery codes have been kept, whatever GET /me says meanwhile.
  if (!isEnrolling && known.two_factor.required && !known.two_factor.enabled) setEnrolling(true)
  if (!hasEnded && isEnrolling) return <Enrol why={TEXTS.enrol_required} done={entered} />
  return (
    <SessionContext value={known}>
      <LiveProvider key={known.id} isOn={!hasEnded}>
        <ProofProvider>{children}</ProofProvider>
      </LiveProvider>
      {/* A dialog, which stands over those that are open. */}
      <ModalOverlay className="entrance-veil" isOpen={hasEnded}>
        <Modal>
          <Dialog aria-label={say(TEXTS.title)}>
            <SignIn entered={entered} username={known.username} />
          </Dialog>
        </Modal>
      </ModalOverlay>
    </SessionContext>
  )
}
