/**
 * The session of this browser. The states: unknown until GET /me has answered; out; in, but with a password to choose or a
 * second factor to enrol; in; and over, in this tab or by another one. The page stays as it is behind what stands in its way,
 * with all that was typed, unless somebody else goes on with it.
 */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components/Modal'
import { isOffline, onRefused, onSignedOut, Problem } from '../api/client.ts'
import { useSay } from '../languages.ts'
import { LiveProvider } from '../live.tsx'
import { Failed } from '../parts/states.tsx'
import { tell } from '../parts/toasts.tsx'
import { ChoosePassword } from './choose-password.tsx'
import { Enrol } from './enrol.tsx'
import { Entrance } from './entrance.tsx'
import { OtherUser } from './other-user.tsx'
import { ProofProvider } from './proof.tsx'
import { readMe, SessionContext, type Me } from './me.ts'
import { SignIn } from './sign-in.tsx'
import { onOtherTab, tellTabs } from './tabs.ts'
import { ROLES, TEXTS } from './texts.ts'

/** `left`: signed out in another tab. */
type Over = 'ended' | 'left'

/** Another role takes away no stream. */
const ROLE_MS = 30_000

const ME = { queryKey: ['me'], queryFn: readMe }

export function Session({ children }: { children: ReactNode }) {
  const say = useSay()
  const queries = useQueryClient()
  const [over, setOver] = useState<Over | null>(null)
  const [isEnrolling, setEnrolling] = useState(false)
  /** Whose page this is. */
  const [owner, setOwner] = useState<Me | null>(null)
  const [isOpened, setOpened] = useState(false)
  const me = useQuery({ ...ME, staleTime: 60_000, refetchInterval: ROLE_MS })
  const known = me.data

  useEffect(() => onSignedOut(() => setOver((before) => before ?? 'ended')), [])
  useEffect(() => onRefused(() => void queries.invalidateQueries({ queryKey: ['me'], exact: true })), [queries])
  useEffect(
    () =>
      onOtherTab((user) => {
        if (user === null) return setOver('left')
        const look = async () => {
          await queries.fetchQuery({ ...ME, staleTime: 0 })
          setOver(null)
          await queries.invalidateQueries()
        }
        // What cannot be reached now is asked for again by the pages.
        look().catch(() => {})
      }),
    [queries],
  )
  const role = useRoleChange(owner && known?.id === owner.id ? known.role : null)
  useEffect(() => {
    if (role) tell(say(TEXTS.role_now, { role: say(ROLES[role]) }))
  }, [role, say])

  async function entered(): Promise<void> {
    const now = await queries.fetchQuery({ ...ME, staleTime: 0 })
    if (owner?.id !== now.id) queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' })
    else await queries.invalidateQueries()
    setOwner(now)
    setOver(null)
    setEnrolling(false)
    tellTabs(now.id)
  }

  if (known && !owner) setOwner(known)
  if (!known || !owner) {
    if (me.error instanceof Problem && me.error.status === 401) return <SignIn entered={entered} />
    const failure = me.error ?? (isOffline(me.failureReason) ? me.failureReason : null)
    if (!failure) return null
    return (
      <Entrance>
        <Failed error={failure} {...(me.error && { retry: () => void me.refetch() })} />
      </Entrance>
    )
  }
  // Until the recovery codes have been kept, whatever GET /me says meanwhile.
  if (!isEnrolling && known.two_factor.required && !known.two_factor.enabled) setEnrolling(true)
  const door = inTheWay()
  if (!door && !isOpened) setOpened(true)
  if (door && !isOpened) return door
  return (
    <SessionContext value={known.id === owner.id ? known : owner}>
      <LiveProvider key={owner.id} isOn={!door}>
        <ProofProvider>{children}</ProofProvider>
      </LiveProvider>
      {/* A dialog, which stands over those that are open. */}
      <ModalOverlay className="entrance-veil" isOpen={door !== null}>
        <Modal>
          <Dialog aria-label={say(TEXTS.title)}>{door}</Dialog>
        </Modal>
      </ModalOverlay>
    </SessionContext>
  )

  function inTheWay(): ReactNode {
    if (!known || !owner) return null
    const { username } = owner
    if (over) return <SignIn entered={entered} username={username} why={over === 'left' ? TEXTS.left : TEXTS.again} />
    if (known.id !== owner.id) return <OtherUser now={known.username} before={username} entered={entered} />
    if (known.must_change_password) return <ChoosePassword username={username} done={entered} />
    return isEnrolling ? <Enrol why={TEXTS.enrol_required} done={entered} /> : null
  }
}

/** The new one, where it is another than before. */
function useRoleChange(role: Me['role'] | null): Me['role'] | null {
  const before = useRef(role)
  const [changed, setChanged] = useState<Me['role'] | null>(null)
  useEffect(() => {
    if (role === null || role === before.current) return
    if (before.current !== null) setChanged(role)
    before.current = role
  }, [role])
  return changed
}
