/** One account: what it may do, where it is signed in, and what an admin can do with it. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'wouter'
import { userQuery, type User } from '../../data/users.ts'
import { useSay } from '../../languages.ts'
import { Facts, PageHead, Panel } from '../../parts/panel.tsx'
import { UserStates } from '../../parts/state-badges/user.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Time } from '../../parts/time.tsx'
import { useMe } from '../../session/me.ts'
import { ROLES } from '../../session/texts.ts'
import { Disable, Edit, Enable, ResetFactor, ResetPassword, Unlock } from './actions.tsx'
import { ApiKeys } from './api-keys.tsx'
import { Sessions } from './sessions.tsx'
import { TEXTS } from './texts.ts'

export default function UserPage() {
  const { id = '' } = useParams<{ id: string }>()
  const user = useQuery(userQuery(id))
  return <Loaded query={user}>{(known) => <UserView user={known} />}</Loaded>
}

function UserView({ user }: { user: User }) {
  const say = useSay()
  const { id: own } = useMe()
  const isOwn = user.id === own
  return (
    <>
      <PageHead title={user.username} badge={<UserStates user={user} />}>
        {!isOwn && <Actions user={user} />}
      </PageHead>
      <div className="stack">
        {isOwn && (
          <p className="muted">
            {say(TEXTS.own)} <Link href="/account">{say(TEXTS.to_account)}</Link>
          </p>
        )}
        <UserFacts user={user} />
        <Sessions user={user} />
        <ApiKeys user={user} />
      </div>
    </>
  )
}

function Actions({ user }: { user: User }) {
  return (
    <>
      {user.locked && <Unlock user={user} />}
      <Edit user={user} />
      <ResetPassword user={user} />
      {user.two_factor && <ResetFactor user={user} />}
      {user.disabled_at === null ? <Disable user={user} /> : <Enable user={user} />}
    </>
  )
}

function UserFacts({
  user: { username, role, email, two_factor, disabled_at, created_at, updated_at },
}: {
  user: User
}) {
  const say = useSay()
  const name = encodeURIComponent(username)
  return (
    <Panel
      title={say(TEXTS.facts)}
      aside={
        <span className="row">
          <Link href={`/audit?actor=${name}`}>{say(TEXTS.did)}</Link>
          <Link href={`/audit?target=${name}`}>{say(TEXTS.happened)}</Link>
        </span>
      }
    >
      <Facts
        of={[
          [say(TEXTS.role), say(ROLES[role])],
          [say(TEXTS.email), email ?? <span className="muted">{say(TEXTS.none)}</span>],
          [say(TEXTS.factor), say(two_factor ? TEXTS.on : TEXTS.off)],
          [say(TEXTS.since), <Time at={created_at} />],
          [say(TEXTS.changed), <Time at={updated_at} />],
          ...(disabled_at === null ? [] : [[say(TEXTS.disabled), <Time at={disabled_at} />] as const]),
        ]}
      />
    </Panel>
  )
}
