/** The accounts, for admins. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import { moreOf } from '../../data/by-cursor.ts'
import { adminsQuery, ROLE_NAMES, usersQuery, type User } from '../../data/users.ts'
import { useSay } from '../../languages.ts'
import { Badge } from '../../parts/badge.tsx'
import { FilterChoices, FilterText } from '../../parts/filter.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { UserStates } from '../../parts/state-badges/user.tsx'
import { Loaded, NothingFound } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { useMe } from '../../session/me.ts'
import { ROLES } from '../../session/texts.ts'
import { NewUser } from './new-user.tsx'
import { TEXTS } from './texts.ts'

export default function Users() {
  const say = useSay()
  const [q] = useParameter('q')
  const [chosen] = useParameter('role')
  const [state] = useParameter('state')
  const role = ROLE_NAMES.find((one) => one === chosen)
  const users = useInfiniteQuery(
    usersQuery({ ...(q && { q }), ...(role && { role }), ...(state && { disabled: state === 'disabled' }) }),
  )
  return (
    <>
      <PageHead title={say(TEXTS.title)}>
        <NewUser />
      </PageHead>
      <OnlyAdmin />
      <div className="filters">
        <FilterText />
        <FilterChoices
          label={say(COMMON.role)}
          parameter="role"
          options={[['', say(TEXTS.any_role)], ...ROLE_NAMES.map((one) => [one, say(ROLES[one])] as const)]}
        />
        <FilterChoices
          label={say(TEXTS.state)}
          parameter="state"
          options={[
            ['', say(TEXTS.any_state)],
            ['enabled', say(TEXTS.enabled)],
            ['disabled', say(TEXTS.disabled)],
          ]}
        />
      </div>
      <div className="panel flush">
        <Loaded query={users} lines={8}>
          {({ pages }) => {
            const rows = pages.flatMap(({ items }) => items)
            if (rows.length > 0) return <UserTable rows={rows} more={moreOf(users)} />
            return <NothingFound />
          }}
        </Loaded>
      </div>
    </>
  )
}

/** Said before it hurts: nobody else could let them back in. */
function OnlyAdmin() {
  const say = useSay()
  const admins = useQuery(adminsQuery)
  if (admins.data?.items.length !== 1) return null
  return <p className="trouble warn users-only">{say(TEXTS.only_admin)}</p>
}

function UserTable({ rows, more }: { rows: User[]; more: (() => void) | undefined }) {
  const say = useSay()
  const { id: own } = useMe()
  return (
    <Table
      label={say(TEXTS.title)}
      rows={rows}
      id={({ id }) => id}
      more={more}
      columns={[
        {
          title: say(TEXTS.name),
          look: 'wide',
          cell: (user) => (
            <span className="row">
              <Link className="name" href={`/users/${user.id}`}>
                {user.username}
              </Link>
              <UserStates user={user} />
              {user.id === own && (
                <Badge tone="info" icon="user">
                  {say(TEXTS.you)}
                </Badge>
              )}
            </span>
          ),
        },
        { title: say(COMMON.role), cell: ({ role }) => say(ROLES[role]) },
        {
          title: say(TEXTS.factor),
          can_wait: true,
          cell: ({ two_factor }) => (
            <Badge tone={two_factor ? 'good' : 'calm'} icon={two_factor ? 'check' : 'minus'}>
              {say(two_factor ? TEXTS.on : TEXTS.off)}
            </Badge>
          ),
        },
        { title: say(TEXTS.email), can_wait: true, cell: ({ email }) => email },
        { title: say(TEXTS.since), can_wait: true, cell: ({ created_at }) => <Time at={created_at} /> },
      ]}
    />
  )
}
