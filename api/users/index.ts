import { Elysia } from 'elysia'
import { audit } from '../audit/index.ts'
import type { ApiContext } from '../context.ts'

/** Accounts, and the audit of what happened to them. */
export function users(context: ApiContext) {
  return new Elysia({ name: 'users' }).use(audit(context))
}
