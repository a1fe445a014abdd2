/**
 * Who may call what, in one table that a reviewer can read. The first row that matches decides; what no row names
 * needs a viewer to read and an operator to write. Decided before routing, so that denial comes before validation.
 */
import type { UserRole } from '../../db/users/users.ts'

/**
 * `signed`: with a signature over the body, or as an operator. `either`: a session counts where there is one; the route
 * asks for it when it needs one.
 */
export type Access = 'public' | 'either' | 'metrics' | 'signed' | UserRole

interface Rule {
  method?: string
  path: string | RegExp
  access: Access
}

const RULES: Rule[] = [
  { method: 'GET', path: '/', access: 'public' },
  { method: 'POST', path: '/login', access: 'public' },
  { method: 'POST', path: '/token/refresh', access: 'public' },
  { method: 'GET', path: /^\/health(\/live|\/ready)?$/, access: 'public' },
  { method: 'GET', path: '/metrics', access: 'metrics' },
  { method: 'GET', path: /^\/(docs|redoc)(\/[\w.-]+)?$/, access: 'public' },
  { method: 'POST', path: '/webhook/airflow', access: 'signed' },
  { method: 'POST', path: '/logout', access: 'viewer' },
  { method: 'POST', path: '/2fa/verify', access: 'either' },
  { method: 'POST', path: /^\/2fa\/(enable|disable|recovery-codes)$/, access: 'viewer' },
  { method: 'PUT', path: '/me/password', access: 'viewer' },
  { method: 'POST', path: /^\/jobs\/[^/]+\/(pause|resume)$/, access: 'admin' },
  { method: 'POST', path: '/silences', access: 'admin' },
  { method: 'DELETE', path: /^\/silences\//, access: 'admin' },
  { path: '/audit', access: 'admin' },
  { path: /^\/users(\/|$)/, access: 'admin' },
]

export function accessOf(method: string, path: string): Access {
  const asked = method === 'HEAD' ? 'GET' : method
  for (const rule of RULES) {
    if (rule.method && rule.method !== asked) continue
    if (typeof rule.path === 'string' ? rule.path === path : rule.path.test(path)) return rule.access
  }
  return asked === 'GET' ? 'viewer' : 'operator'
}

const RANK: Record<UserRole, number> = { viewer: 1, operator: 2, admin: 3 }

export const roleSuffices = (has: UserRole, needs: UserRole): boolean => RANK[has] >= RANK[needs]

/** All that an admin who must enrol can do before: look who they are, enrol, change the password, leave. */
const BEFORE_ENROLMENT = new Set([
  'GET /me',
  'PUT /me/password',
  'POST /2fa/enable',
  'POST /2fa/verify',
  'POST /logout',
])

export const allowedBeforeEnrolment = (method: string, path: string): boolean =>
  BEFORE_ENROLMENT.has(`${method === 'HEAD' ? 'GET' : method} ${path}`)
