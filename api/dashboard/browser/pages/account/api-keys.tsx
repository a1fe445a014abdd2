import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, type Schemas } from '../../api/client.ts'
import { now_ms } from '../../clock.ts'
import { useSay } from '../../languages.ts'
import { Button } from '../../parts/button.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Field } from '../../parts/field.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { tell } from '../../parts/toasts.tsx'
import { useMe } from '../../session/me.ts'
import { useProve } from '../../session/proof.tsx'
import { ROLES, TEXTS } from './texts.ts'

type Role = Schemas['Me']['role']

export function ApiKeys() {
  const say = useSay()
  const [made, setMade] = useState<string | null>(null)
  const keys = useQuery({
    queryKey: ['me', 'api-keys'],
    queryFn: () => ask((api) => api.GET('/me/api-keys', { params: { query: { limit: 100 } } })),
  })
  return (
    <Panel title={say(TEXTS.keys)} aside={<NewKey made={setMade} />} flush>
      {made !== null && <Made secret={made} done={() => setMade(null)} />}
      <Loaded query={keys}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="panel-note muted">
              {say(TEXTS.no_keys)} {say(TEXTS.keys_why)}.
            </p>
          ) : (
            <Table
              label={say(TEXTS.keys)}
              rows={items}
              id={({ id }) => id}
              columns={[
                {
                  title: say(TEXTS.name),
                  look: 'wide',
                  cell: ({ name, start }) => (
                    <>
                      <strong>{name}</strong> <code className="muted small">{start}…</code>
                    </>
                  ),
                },
                { title: say(TEXTS.role), can_wait: true, cell: ({ role }) => say(ROLES[role]) },
                {
                  title: say(TEXTS.used),
                  can_wait: true,
                  cell: ({ last_used_at }) =>
                    last_used_at === null ? (
                      <span className="muted">{say(TEXTS.never_used)}</span>
                    ) : (
                      <Time at={last_used_at} />
                    ),
                },
                { title: say(TEXTS.ends), cell: ({ expires_at }) => <Time at={expires_at} /> },
                {
                  title: say(COMMON.actions),
                  hides_title: true,
                  look: 'number',
                  cell: ({ id, name }) => <DeleteKey id={id} name={name} />,
                },
              ]}
            />
          )
        }
      </Loaded>
    </Panel>
  )
}

function Made({ secret, done }: { secret: string; done: () => void }) {
  const say = useSay()
  return (
    <div className="made-key" role="status">
      <p>
        <strong>{say(TEXTS.made_title)}</strong>
      </p>
      <code className="secret">{secret}</code>
      <div className="form-actions">
        <Button look="main" onPress={done}>
          {say(TEXTS.kept)}
        </Button>
        <Button onPress={() => void navigator.clipboard.writeText(secret).then(() => tell(say(TEXTS.copied)))}>
          {say(TEXTS.copy)}
        </Button>
      </div>
    </div>
  )
}

function NewKey({ made }: { made: (secret: string) => void }) {
  const say = useSay()
  const prove = useProve()
  const queries = useQueryClient()
  const { role: own } = useMe()
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const [days, setDays] = useState('90')
  const roles = (['viewer', 'operator', 'admin'] as const).slice(0, { viewer: 1, operator: 2, admin: 3 }[own])

  async function make(): Promise<void> {
    const expires_at = new Date(now_ms() + Number(days) * 86_400_000).toISOString()
    const { key } = await prove(() => ask((api) => api.POST('/me/api-keys', { body: { name, role, expires_at } })))
    setName('')
    await queries.invalidateQueries({ queryKey: ['me', 'api-keys'] })
    made(key)
  }

  return (
    <Confirm action={say(TEXTS.new_key)} icon="key" title={say(TEXTS.new_key_title)} run={make}>
      <Field label={say(TEXTS.name)} hint={say(TEXTS.name_hint)} value={name} onChange={setName} isRequired />
      <label className="field">
        <span className="label">{say(TEXTS.role)}</span>
        <select className="select" value={role} onChange={({ target }) => setRole(target.value as Role)}>
          {roles.map((one) => (
            <option key={one} value={one}>
              {say(ROLES[one])}
            </option>
          ))}
        </select>
      </label>
      <Field label={say(TEXTS.days)} value={days} onChange={setDays} inputMode="numeric" pattern="\d{1,4}" isRequired />
    </Confirm>
  )
}

function DeleteKey({ id, name }: { id: string; name: string }) {
  const say = useSay()
  const queries = useQueryClient()
  return (
    <Confirm
      action={say(TEXTS.delete_key)}
      look="grave"
      title={say(TEXTS.delete_title, { name })}
      run={async () => {
        await ask((api) => api.DELETE('/me/api-keys/{id}', { params: { path: { id } } }))
        await queries.invalidateQueries({ queryKey: ['me', 'api-keys'] })
        tell(say(TEXTS.deleted))
      }}
    >
      <p>{say(TEXTS.delete_why)}</p>
    </Confirm>
  )
}
