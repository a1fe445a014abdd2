import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { hashPassword } from '../../db/users/passwords/hash.ts'
import { insertUser } from '../../db/users/users.ts'
import { codeOf } from '../kit/accounts.ts'
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

  test('can be neither disabled nor demoted, by nobody', async () => {
    const { own, me, other } = await twoAdmins()
    try {
      const change = (id: string, json: unknown) => own.call('PATCH', `/users/${id}`, { as: 'admin', json })
      expect((await change(other, { disabled: true })).status).toBe(200)
      for (const body of [{ disabled: true }, { role: 'viewer' }, { role: 'admin', disabled: true }]) {
        const answer = await change(me, body)
        expect([answer.status, await codeOf(answer)]).toEqual([409, 'last_admin'])
      }
      expect((await change(me, { role: 'admin' })).status).toBe(200)
      // Who is disabled does not count as the one who is left.
      expect((await change(other, { role: 'viewer' })).status).toBe(200)
      expect((await change(me, { role: 'viewer' })).status).toBe(409)
    } finally {
      await own.close()
    }
  })

  test('of two requests at once that would each take one of two admins, one is refused', async () => {
    const { own, me, other } = await twoAdmins()
    const { sql } = own.db
    try {
      const token = await own.token('admin')
      for (let round = 0; round < 20; round++) {
        await sql`update users set role = 'admin', disabled_at = null where id in (${me}, ${other})`
        await sql`update sessions set revoked_at = null`
        // Signed in as a third, who is an admin only for letting both in.
        const change = (id: string, json: unknown) =>
          own.call('PATCH', `/users/${id}`, { json, headers: { authorization: `Bearer ${token}` } })
        const answers = await Promise.all([
          change(me, round % 2 ? { role: 'viewer' } : { disabled: true }),
          change(other, round % 3 ? { disabled: true } : { role: 'operator' }),
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
