/** Users of other roles, and what they do: so that the users, an item's history and the audit have more than one name. */
import { generatePassword } from '../../db/users/passwords/hash.ts'
import type { ApiClient } from './client.ts'
import type { Scene } from './scene.ts'

/** Each with the role, and whether it may still sign in. */
const PEOPLE = [
  { username: 'ana.demo', role: 'operator', disabled: false },
  { username: 'rui.demo', role: 'viewer', disabled: false },
  { username: 'bia.demo', role: 'viewer', disabled: true },
] as const

interface User {
  id: string
  username: string
  version: number
  disabled_at: string | null
}

/** The operator's client, or null where she was there already, with a password that nobody knows here. */
export async function makePeople({ api, signIn, tell }: Scene): Promise<ApiClient | null> {
  const there = await api.all<User>('/users?q=demo')
  let operator: ApiClient | null = null
  for (const { username, role, disabled } of PEOPLE) {
    if (there.some((user) => user.username === username)) {
      if (disabled) continue
      const renew = `bun run admin reset-password ${username}`
      tell(
        { en: 'user', pt: 'usuário' },
        {
          en: `${username} was there already; a new password: \`${renew}\``,
          pt: `${username} já existia; uma senha nova: \`${renew}\``,
        },
      )
      continue
    }
    const first = generatePassword()
    const user = (await api.json('POST', '/users', { username, role, password: first })) as unknown as User
    if (disabled) {
      await api.json('PATCH', `/users/${user.id}`, { disabled: true }, { 'if-match': `"${user.version}"` })
      tell({ en: 'user', pt: 'usuário' }, { en: `${username}, disabled`, pt: `${username}, desativado` })
      continue
    }
    // What somebody else chose is changed at the first sign-in.
    const password = generatePassword()
    const person = await signIn(username, first)
    await person.json('PUT', '/me/password', { current_password: first, new_password: password })
    if (role === 'operator') operator = await signIn(username, password)
    tell(
      { en: 'user', pt: 'usuário' },
      {
        en: `${username} (${role}), password ${password} (shown only this once)`,
        pt: `${username} (${role}), senha ${password} (mostrada só desta vez)`,
      },
    )
  }
  return operator
}

/** Ends their sessions; a user is never deleted, for the audit names them. */
export async function disablePeople({ api }: Scene): Promise<number> {
  const there = await api.all<User>('/users?q=demo')
  const active = there.filter(
    (user) => user.disabled_at === null && PEOPLE.some(({ username }) => username === user.username),
  )
  for (const { id, version } of active)
    await api.json('PATCH', `/users/${id}`, { disabled: true }, { 'if-match': `"${version}"` })
  return active.length
}
