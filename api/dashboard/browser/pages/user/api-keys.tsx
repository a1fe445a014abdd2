import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ask } from '../../api/client.ts'
import { keysQuery, type User } from '../../data/users.ts'
import { useSay } from '../../languages.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { tell } from '../../parts/toasts.tsx'
import { ROLES } from '../../session/texts.ts'
import { TEXTS } from './texts.ts'

export function ApiKeys({ user: { id } }: { user: User }) {
  const say = useSay()
  const queries = useQueryClient()
  const keys = useQuery(keysQuery(id))
  return (
    <Panel title={say(TEXTS.keys)} flush>
      <Loaded query={keys} lines={2}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="panel-note muted">{say(TEXTS.no_keys)}</p>
          ) : (
            <Table
              label={say(TEXTS.keys)}
              rows={items}
              id={(one) => one.id}
              columns={[
                {
                  title: say(TEXTS.key),
                  look: 'wide',
                  cell: ({ name, start }) => (
                    <>
                      <strong>{name}</strong> <code className="muted small">{start}…</code>
                    </>
                  ),
                },
                { title: say(COMMON.role), can_wait: true, cell: ({ role }) => say(ROLES[role]) },
                {
                  title: say(TEXTS.used),
                  cell: ({ last_used_at }) => (last_used_at === null ? say(TEXTS.never) : <Time at={last_used_at} />),
                },
                { title: say(TEXTS.key_ends), can_wait: true, cell: ({ expires_at }) => <Time at={expires_at} /> },
                {
                  title: say(COMMON.actions),
                  hides_title: true,
                  look: 'number',
                  cell: ({ id: key_id, name }) => (
                    <Confirm
                      action={say(TEXTS.delete_key)}
                      look="quiet"
                      title={say(TEXTS.delete_title, { name })}
                      run={async () => {
                        await ask((api) =>
                          api.DELETE('/users/{id}/api-keys/{key_id}', { params: { path: { id, key_id } } }),
                        )
                        await queries.invalidateQueries({ queryKey: ['users', id] })
                        tell(say(TEXTS.key_deleted))
                      }}
                    >
                      <p>{say(TEXTS.delete_why)}</p>
                    </Confirm>
                  ),
                },
              ]}
            />
          )
        }
      </Loaded>
    </Panel>
  )
}
