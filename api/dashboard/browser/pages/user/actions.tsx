/** What an admin can do with somebody else's account. Each dialog says first what it ends. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { keysQuery, sessionsQuery, useChangeUser, type User } from '../../data/users.ts'
import { useSay } from '../../languages.ts'
import { Confirm } from '../../parts/confirm.tsx'
import { Field } from '../../parts/field.tsx'
import { FirstPassword } from '../../parts/first-password/index.tsx'
import { RoleField } from '../../parts/role-field.tsx'
import { tell } from '../../parts/toasts.tsx'
import { TEXTS } from './texts.ts'

interface Props {
  user: User
}

/** Sends the fields that differ, against the version that is shown. */
export function Edit({ user }: Props) {
  const say = useSay()
  const change = useChangeUser()
  const { id, username, version } = user
  const [role, setRole] = useState(user.role)
  const [email, setEmail] = useState(user.email ?? '')

  async function save(): Promise<void> {
    const body = {
      ...(role !== user.role && { role }),
      ...(email !== (user.email ?? '') && { email: email || null }),
    }
    if (Object.keys(body).length === 0) return
    await change(id, version, body)
    const before = { role: user.role, email: user.email }
    tell(say(TEXTS.saved, { name: username }), async () => {
      await change(id, null, before)
      setRole(before.role)
      setEmail(before.email ?? '')
      tell(say(TEXTS.taken_back))
    })
  }

  return (
    <Confirm
      action={say(TEXTS.edit)}
      title={say(TEXTS.edit_title, { name: username })}
      verb={say(TEXTS.save)}
      run={save}
    >
      <RoleField role={role} onChange={setRole} />
      <Field label={say(TEXTS.email)} value={email} onChange={setEmail} type="email" />
    </Confirm>
  )
}

export function ResetPassword({ user: { id, username, version, is_service } }: Props) {
  const say = useSay()
  const change = useChangeUser()
  const [password, setPassword] = useState('')
  return (
    <Confirm
      action={say(TEXTS.reset_password)}
      title={say(TEXTS.reset_password_title, { name: username })}
      run={async () => {
        await change(id, version, { password })
        setPassword('')
        tell(say(TEXTS.password_reset, { name: username }))
      }}
    >
      {is_service && <p className="trouble warn">{say(TEXTS.service_locked_out)}</p>}
      <Ends id={id} />
      <FirstPassword value={password} onChange={setPassword} />
    </Confirm>
  )
}

export function ResetFactor({ user: { id, username, version } }: Props) {
  const say = useSay()
  const change = useChangeUser()
  return (
    <Confirm
      action={say(TEXTS.reset_factor)}
      look="grave"
      title={say(TEXTS.reset_factor_title, { name: username })}
      run={async () => {
        await change(id, version, { reset_2fa: true })
        tell(say(TEXTS.factor_reset, { name: username }))
      }}
    >
      <p>{say(TEXTS.reset_factor_why)}</p>
      <Ends id={id} />
    </Confirm>
  )
}

export function Disable({ user: { id, username, version, is_service } }: Props) {
  const say = useSay()
  const change = useChangeUser()
  return (
    <Confirm
      action={say(TEXTS.disable)}
      look="grave"
      title={say(TEXTS.disable_title, { name: username })}
      run={async () => {
        await change(id, version, { disabled: true })
        tell(say(TEXTS.now_disabled, { name: username }), async () => {
          await change(id, null, { disabled: false })
          tell(say(TEXTS.now_enabled, { name: username }))
        })
      }}
    >
      {is_service ? <p className="trouble warn">{say(TEXTS.service_stops)}</p> : <p>{say(TEXTS.disable_why)}</p>}
      <Ends id={id} />
    </Confirm>
  )
}

export function Enable({ user: { id, username, version } }: Props) {
  const say = useSay()
  const change = useChangeUser()
  return (
    <Confirm
      action={say(TEXTS.enable)}
      look="main"
      title={say(TEXTS.enable_title, { name: username })}
      run={async () => {
        await change(id, version, { disabled: false })
        tell(say(TEXTS.now_enabled, { name: username }))
      }}
    >
      <p>{say(TEXTS.enable_why)}</p>
    </Confirm>
  )
}

export function Unlock({ user: { id, username, version } }: Props) {
  const say = useSay()
  const change = useChangeUser()
  return (
    <Confirm
      action={say(TEXTS.unlock)}
      title={say(TEXTS.unlock_title, { name: username })}
      run={async () => {
        await change(id, version, { unlock: true })
        tell(say(TEXTS.unlocked, { name: username }))
      }}
    >
      <p>{say(TEXTS.unlock_why)}</p>
    </Confirm>
  )
}

/** How many sessions and keys end with it. */
function Ends({ id }: { id: string }) {
  const say = useSay()
  const sessions = useQuery(sessionsQuery(id)).data?.items.length
  const keys = useQuery(keysQuery(id)).data?.items.length
  if (sessions === undefined || keys === undefined) return <p>{say(TEXTS.ends_all)}</p>
  return (
    <p>
      {say(TEXTS.ends_sessions, { count: sessions })} {say(TEXTS.ends_keys, { count: keys })}
    </p>
  )
}
