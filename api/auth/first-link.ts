/**
 * The link that a first start shows. Its token is a MAC over admin's id and present password, so that nothing of it is stored and
 * a change of the password uses it up; it runs out after a day, and a start shows another while nobody has signed in.
 */
import { timingSafeEqual } from 'node:crypto'
import type { FirstAdmin } from '../../db/users/sign-in/first-sign-in.ts'

export type FirstLinks = ReturnType<typeof createFirstLinks>

/** Of the dashboard; the token is behind #, which browsers do not send and servers do not log. */
const PAGE = '/welcome'
const GOOD_FOR_S = 24 * 3600

/** `secret`: the one of access tokens; the key is derived from it. */
export function createFirstLinks(secret: string, now_ms = Date.now) {
  const key = new Bun.CryptoHasher('sha256', secret).update('doca first link key').digest()
  const mac = ({ id, password_hash }: FirstAdmin, expires_s: number) =>
    new Bun.CryptoHasher('sha256', key).update(`${id}\n${password_hash}\n${expires_s}`).digest()

  return {
    /** Below the API's URL. */
    path(admin: FirstAdmin): string {
      const expires_s = Math.floor(now_ms() / 1000) + GOOD_FOR_S
      return `${PAGE}#${expires_s}.${Buffer.from(mac(admin, expires_s)).toString('base64url')}`
    },

    fits(token: string, admin: FirstAdmin): boolean {
      const [, expires, given] = /^(\d{1,12})\.([\w-]{43})$/.exec(token) ?? []
      if (!expires || !given || Number(expires) * 1000 < now_ms()) return false
      return timingSafeEqual(Buffer.from(given, 'base64url'), mac(admin, Number(expires)))
    },
  }
}
