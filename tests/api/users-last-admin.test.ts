import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { commandLineActor } from '../../db/audit/audit.ts'
import { changeUser, type UserPatch } from '../../db/users/accounts.ts'
import { hashPassword } from '../../db/users/passwords/hash.ts'
import { insertUser } from '../../db/users/users.ts'
import type { AppError } from '../../lib/errors.ts'
import { PASSWORD, testApi } from '../kit/api.ts'

setDefaultTimeout(120_000)

describe('the last admin', () => {
  /** An api with exactly two admins: `admin`, who asks, and `other`. */
  async function twoAdmins() {
    const own = await testApi()
    const password_hash = await hashPassword(PASSWORD, 10)
    const other = (await insertUser(own.db.sql, { username: 'other', password_hash, role: 'admin' }))!
    await own.token('admin')
    const me = (await (await own.call('GET', '/me', { as: 'admin' })).json()) as { id: string }
    return { own, me: me.id, other: other.id }
  }

  test('can be neither disabled nor demoted, not even from the command line', async () => {
    const { own, me, other } = await twoAdmins()
    try {
      const rules = { hash: async () => 'not asked for', actor: commandLineActor() }
      const refusal = (id: string, patch: UserPatch) =>
        changeUser(own.db.sql, id, patch, rules).then(
          () => null,
          (thrown: AppError) => thrown.code,
        )
      expect(await refusal(other, { disabled: true })).toBeNull()
      for (const patch of [{ disabled: true }, { role: 'viewer' }, { role: 'admin', disabled: true }] as const)
        for (const id of [me, me.toUpperCase()]) expect(await refusal(id, patch)).toBe('last_admin')
      expect(await refusal(me, { role: 'admin' })).toBeNull()
      // Who is disabled does not count as the one who is left.
      expect(await refusal(other, { role: 'viewer' })).toBeNull()
      expect(await refusal(me, { role: 'viewer' })).toBe('last_admin')
    } finally {
      await own.close()
    }
  })

  test('of two requests at once that would each take one of two admins, one is refused', async () => {
    const { own, me, other } = await twoAdmins()
    const { sql } = own.db
    try {
      const signed_in = await own.call('POST', '/login', { json: { username: 'other', password: PASSWORD } })
      const { access_token } = (await signed_in.json()) as { access_token: string }
      const by_me = await own.token('admin')
      for (let round = 0; round < 20; round++) {
        await sql`update users set role = 'admin', disabled_at = null where id in (${me}, ${other})`
        await sql`update sessions set revoked_at = null`
        const change = (token: string, id: string, json: unknown) =>
          own.call('PATCH', `/users/${id}`, { json, headers: { authorization: `Bearer ${token}` } })
        const answers = await Promise.all([
          change(access_token, me, round % 2 ? { role: 'viewer' } : { disabled: true }),
          change(by_me, other, round % 3 ? { disabled: true } : { role: 'operator' }),
        ])
        const [left] = await sql<{ admins: number }[]>`
          select count(*)::int as admins from users where role = 'admin' and disabled_at is null`
        expect(left!.admins).toBe(1)
        // The loser is refused as the last admin, or because the winner took away what let them in.
        expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
        expect([401, 403, 409]).toContain(answers.find(({ status }) => status !== 200)!.status)
      }
    } finally {
      await own.close()
    }
  })
})
