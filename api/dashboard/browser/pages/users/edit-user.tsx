import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, type Schemas } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { Field } from '../../parts/field.tsx'
import { tell } from '../../parts/toasts.tsx'
import { useProve } from '../../session/proof.tsx'
import { RoleField } from './role-field.tsx'
import { TEXTS } from './texts.ts'

/** Sends the fields that differ, against the version that was shown. */
export function EditUser({ user }: { user: Schemas['User'] }) {
  const say = useSay()
  const queries = useQueryClient()
  const prove = useProve()
  const { id, username, version } = user
  const [role, setRole] = useState(user.role)
  const [email, setEmail] = useState(user.email ?? '')
  const [password, setPassword] = useState('')
  const [mayEnter, setMayEnter] = useState(user.disabled_at === null)
  const [resets, setResets] = useState(false)
  const [unlocks, setUnlocks] = useState(false)

  async function save(): Promise<void> {
    const body = {
      ...(role !== user.role && { role }),
      ...(email !== (user.email ?? '') && { email: email || null }),
      ...(password && { password }),
      ...(mayEnter !== (user.disabled_at === null) && { disabled: !mayEnter }),
      ...(resets && { reset_2fa: true as const }),
      ...(unlocks && { unlock: true as const }),
    }
    if (Object.keys(body).length === 0) return
    const params = { path: { id }, header: { 'If-Match': `"${version}"` } }
    await prove(() => ask((api) => api.PATCH('/users/{id}', { params, body })))
    await queries.invalidateQueries({ queryKey: ['users'] })
    tell(say(TEXTS.saved, { name: username }))
  }

  return (
    <Confirm
      action={say(TEXTS.edit)}
      look="quiet"
      title={say(TEXTS.edit_title, { name: username })}
      run={save}
      verb={say(TEXTS.save)}
    >
      <RoleField role={role} onChange={setRole} />
      <Field label={say(TEXTS.email)} value={email} onChange={setEmail} type="email" />
      <Field
        label={say(TEXTS.new_password)}
        hint={say(TEXTS.new_password_hint)}
        value={password}
        onChange={setPassword}
        type="password"
        autoComplete="new-password"
      />
      <label className="field">
        <span className="label">{say(TEXTS.state)}</span>
        <select
          className="select"
          value={String(mayEnter)}
          onChange={({ target }) => setMayEnter(target.value === 'true')}
        >
          <option value="true">{say(TEXTS.yes)}</option>
          <option value="false">{say(TEXTS.no)}</option>
        </select>
      </label>
      {user.two_factor && (
        <label className="row">
          <input type="checkbox" checked={resets} onChange={({ target }) => setResets(target.checked)} />
          {say(TEXTS.reset_2fa)}
        </label>
      )}
      {user.locked && (
        <label className="row">
          <input type="checkbox" checked={unlocks} onChange={({ target }) => setUnlocks(target.checked)} />
          {say(TEXTS.unlock)}
        </label>
      )}
    </Confirm>
  )
}
