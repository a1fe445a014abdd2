/** Users made, changed and signed in over the API, by its admin. */
import { expect } from 'bun:test'
import { PASSWORD, type TestApi } from './api.ts'

export interface Account {
  id: string
  username: string
  role: string
  disabled_at: string | null
  locked: boolean
  version: number
}

export const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code

export interface SignedIn {
  status: number
  use(method: string, path: string, json?: unknown): Promise<Response>
}

/** What tests of accounts do all the time, with whatever `api` there is when they do it. */
export function accounts(api: () => TestApi) {
  const as = 'admin' as const
  const create = (json: unknown, headers = {}) => api().call('POST', '/users', { as, json, headers })
  return {
    create,
    patch: (id: string, json: unknown, headers = {}) => api().call('PATCH', `/users/${id}`, { as, json, headers }),

    /** A user whose first sign-in was a while ago. */
    async made(username: string, role = 'viewer'): Promise<Account> {
      const answer = await create({ username, password: PASSWORD, role })
      expect(answer.status).toBe(201)
      const user = (await answer.json()) as Account
      await api().db.sql`update users set must_change_password = false where id = ${user.id}`
      return user
    },

    async signIn(username: string, password = PASSWORD): Promise<SignedIn> {
      const answer = await api().call('POST', '/login', { json: { username, password } })
      const { access_token } = (await answer.json()) as { access_token?: string }
      const headers = { authorization: `Bearer ${access_token}` }
      return { status: answer.status, use: (method, path, json) => api().call(method, path, { json, headers }) }
    },

    /** But signing in and out, which these tests do all the time. */
    async audited(target: string) {
      const rows = await api().db.sql<{ action: string; actor_name: string; details: object }[]>`
        select action, actor_name, details from audit
        where target = ${target} and action not in ('sign_in.succeeded', 'session.ended') order by at, id`
      return rows.map(({ action, actor_name, details }) => ({ action, actor_name, details }))
    },
  }
}
