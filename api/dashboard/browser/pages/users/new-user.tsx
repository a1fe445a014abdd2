import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask } from '../../api/client.ts'
import type { Role } from '../../data/users.ts'
import { useSay } from '../../languages.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { Field } from '../../parts/field.tsx'
import { FirstPassword } from '../../parts/first-password/index.tsx'
import { RoleField } from '../../parts/role-field.tsx'
import { tell } from '../../parts/toasts.tsx'
import { useProve } from '../../session/proof.tsx'
import { TEXTS } from './texts.ts'

export function NewUser() {
  const say = useSay()
  const queries = useQueryClient()
  const prove = useProve()
  const [username, setUsername] = useState('')
  const [password, setPassword] = useState('')
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('viewer')

  async function create(): Promise<void> {
    const body = { username, password, role, ...(email && { email }) }
    await prove(() => ask((api) => api.POST('/users', { body })))
    await queries.invalidateQueries({ queryKey: ['users'] })
    tell(say(TEXTS.created, { name: username }))
    setUsername('')
    setPassword('')
    setEmail('')
    setRole('viewer')
  }

  return (
    <Confirm
      action={say(TEXTS.new)}
      icon="plus"
      look="main"
      title={say(TEXTS.new_title)}
      verb={say(TEXTS.create)}
      run={create}
    >
      <Field label={say(TEXTS.name)} value={username} onChange={setUsername} autoComplete="off" isRequired />
      <RoleField role={role} onChange={setRole} />
      <FirstPassword value={password} onChange={setPassword} />
      <Field label={say(TEXTS.email)} hint={say(TEXTS.email_hint)} value={email} onChange={setEmail} type="email" />
    </Confirm>
  )
}
