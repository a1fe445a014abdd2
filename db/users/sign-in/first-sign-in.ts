/** The first sign-in of a fresh system: whoever has the link that its start shows chooses admin's password. */
import type { ISql } from 'postgres'
import { AppError } from '../../../lib/errors.ts'
import type { Actor } from '../../audit/audit.ts'
import { recordAccountChange } from '../notices.ts'
import { checkNewPassword } from '../passwords/rules.ts'
import { lockUser, updateUser, type Credentials } from '../users.ts'
import type { SignInContext } from './context.ts'
import { openSession, usedBy, type Browser, type OpenSession } from './sign-in.ts'

export type FirstAdmin = Pick<Credentials, 'id' | 'username' | 'password_hash'>

/** The user `admin`, while nobody has signed in as them; else null. */
export async function findFirstAdmin(sql: ISql): Promise<FirstAdmin | null> {
  const [row] = await sql<FirstAdmin[]>`
    select id, username, password_hash from users
    where username_folded = 'admin' and role = 'admin' and disabled_at is null and not must_change_password
      and not exists (select 1 from sessions where user_id = users.id)`
  return row ?? null
}

interface Given extends Browser {
  /** Whether the token of the link was made for this user, with this password, and has not run out. */
  fits: (admin: FirstAdmin) => boolean
  new_password: string
  cookie: boolean
}

/**
 * Sets the password and begins a session; the link is used up, since its token was made for the password before. Throws
 * AppError first_link_invalid, busy, or invalid for a password that is refused.
 */
export async function signInFirst(
  { sql, passwords, access_ttl_s }: Pick<SignInContext, 'sql' | 'passwords' | 'access_ttl_s'>,
  { fits, new_password, cookie, ...browser }: Given,
  actor: Actor,
): Promise<OpenSession> {
  const admin = await findFirstAdmin(sql)
  if (!admin || !fits(admin)) throw firstLinkInvalid()
  await checkNewPassword(new_password, admin.username, '/new_password')
  const password_hash = await passwords.turn(({ hash }) => hash(new_password))
  return sql.begin(async (tx) => {
    await lockUser(tx, admin.id)
    // Somebody may have signed in, or used the link, while this one was hashed.
    if ((await findFirstAdmin(tx))?.password_hash !== admin.password_hash) throw firstLinkInvalid()
    await updateUser(tx, admin.id, { password_hash })
    const signed_in = { ...actor, actor_id: admin.id, actor_name: admin.username }
    await recordAccountChange(tx, admin, signed_in, 'password.changed', { by: 'first link' })
    return openSession(tx, admin, access_ttl_s, actor, usedBy(browser, cookie))
  })
}

const firstLinkInvalid = () =>
  new AppError('unauthenticated', 'first_link_invalid', {
    en: 'This link was used or has run out, or somebody has signed in as admin since; sign in at POST /login.',
    pt: 'Este link já foi usado, expirou, ou alguém já entrou como admin; faça login em POST /login.',
  })
