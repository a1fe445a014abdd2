/** The accounts, for admins. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useParameter } from '../../address.ts'
import { ask, type Schemas } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { Badge } from '../../parts/badge.tsx'
import { FilterChoices, FilterText } from '../../parts/filter.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { useMe } from '../../session/me.ts'
import { EditUser } from './edit-user.tsx'
import { NewUser } from './new-user.tsx'
import { ROLES, TEXTS } from './texts.ts'

export type User = Schemas['User']
export const ROLE_NAMES = ['viewer', 'operator', 'admin'] as const

const PAGE = 50

export default function Users() {
  const say = useSay()
  const [q] = useParameter('q')
  const [chosen] = useParameter('role')
  const role = ROLE_NAMES.find((one) => one === chosen)
  const filter = { ...(q && { q }), ...(role && { role }) }
  const users = useInfiniteQuery({
    queryKey: ['users', filter],
    queryFn: ({ pageParam }) =>
      ask((api) =>
        api.GET('/users', {
          params: { query: { ...filter, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    placeholderData: (before) => before,
  })
  return (
    <>
      <PageHead title={say(TEXTS.title)}>
        <NewUser />
      </PageHead>
      <div className="filters">
        <FilterText />
        <FilterChoices
          label={say(TEXTS.role)}
          parameter="role"
          options={[['', say(TEXTS.any_role)], ...ROLE_NAMES.map((one) => [one, say(ROLES[one])] as const)]}
        />
      </div>
      <div className="panel flush">
        <Loaded query={users} lines={8}>
          {({ pages }) => {
            const rows = pages.flatMap(({ items }) => items)
            if (rows.length === 0) return <Empty icon="unknown" title={say(COMMON.nothing_found)} />
            return <UserTable rows={rows} more={users.hasNextPage ? () => void users.fetchNextPage() : undefined} />
          }}
        </Loaded>
      </div>
    </>
  )
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
              <strong className="name">{user.username}</strong>
              <States user={user} />
              {user.id === own && (
                <Badge tone="info" icon="user">
                  {say(TEXTS.you)}
                </Badge>
              )}
            </span>
          ),
        },
        { title: say(TEXTS.role), cell: ({ role }) => say(ROLES[role]) },
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
        {
          title: say(COMMON.actions),
          hides_title: true,
          look: 'number',
          cell: (user) => user.id !== own && <EditUser key={user.version} user={user} />,
        },
      ]}
    />
  )
}

function States({ user: { disabled_at, locked, must_change_password } }: { user: User }) {
  const say = useSay()
  return (
    <>
      {disabled_at !== null && (
        <Badge tone="bad" icon="stop">
          {say(TEXTS.disabled)}
        </Badge>
      )}
      {locked && (
        <Badge tone="warn" icon="waiting">
          {say(TEXTS.locked)}
        </Badge>
      )}
      {must_change_password && (
        <Badge tone="calm" icon="key">
          {say(TEXTS.must_change)}
        </Badge>
      )}
    </>
  )
}
