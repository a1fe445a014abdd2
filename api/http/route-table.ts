/**
 * The table of routes: what each says about itself in its `detail`, collected once when the app is built. Elysia's router
 * finds the route of a request, and the rules of that route are the ones that are checked (check-request.ts).
 */
import { Kind, type TSchema } from '@sinclair/typebox'
import type { UserRole } from '../../db/users/users.ts'
import type { RequestHeader } from './openapi-parts.ts'

/**
 * Who may call a route. A user role: users with it, or with a higher one. `either`: anybody, and a session counts where
 * there is one. `signed`: with a signature over the body, or as an operator. `metrics`: with METRICS_TOKEN (see authenticate.ts).
 */
export type Access = 'public' | 'either' | 'metrics' | 'signed' | UserRole

export interface RouteRules {
  access: Access
  /**
   * `json` (default): parsed before the handler. `merge_patch`: the same, also as application/merge-patch+json. `raw`: the
   * handler reads it. `upload`: the same, up to MAX_UPLOAD_MB.
   */
  body?: keyof typeof JSON_TYPES | 'raw' | 'upload'
  /** Where less than MAX_BODY_BYTES will do. */
  max_body_bytes?: number
  /** "Too many" is answered late; see tarpit.ts. */
  tarpit?: true
  /** Not rate limited. */
  unlimited?: true
  /** Requests without a session count against this budget of their address, and not against the one of anonymous requests. */
  budget?: 'sign_in' | 'refresh' | 'ping'
  /** Not in the KPIs. */
  uncounted?: true
  /** Open to a user who has yet to change a password that somebody else chose. */
  before_password_change?: true
  /** Open to a user who has yet to enrol in two-factor sign-in. */
  before_enrolment?: true
  /** Asks for a code, or where the user has no second factor for a sign-in, of the last 15 minutes (db/users/proof.ts). */
  fresh_proof?: true
  /** Not with an API key, as where a fresh proof is asked for: what changes accounts, and how one signs in, takes a person. */
  session_only?: true
  /** A path below this one that does not exist is a 404 to anybody. */
  folder?: true
  /** Request headers that it reads, for the OpenAPI document. */
  request_headers?: RequestHeader[]
}

declare module 'elysia/types' {
  interface DocumentDecoration extends RouteRules {}
}

/** Content types of bodies that are parsed. */
export const JSON_TYPES = {
  json: ['application/json'],
  merge_patch: ['application/merge-patch+json', 'application/json'],
}

/** Of routes that anybody may call, or that check a password or a code. */
export const SIGN_IN_BODY_BYTES = 16 * 1024

export interface Route extends RouteRules {
  method: string
  path: string
  /** Of the JSON body that Elysia validates. */
  body_schema: TSchema | undefined
  /** The query parameters that are integers; undefined for a route that takes no query at all. */
  integers: readonly string[] | undefined
}

export type RouteTable = ReturnType<typeof createRouteTable>

interface Declared {
  method: string
  path: string
  hooks: { detail?: Partial<RouteRules>; query?: TSchema; body?: TSchema }
}

/** Throws an Error for a route that does not say its access, or whose query takes unknown parameters. */
export function createRouteTable(all: ReadonlyArray<Declared>) {
  const routes = all.map(({ method, path, hooks: { detail = {}, query, body } }): Route => {
    if (!detail.access) throw new Error(`${method} ${path} does not say its access: set detail.access.`)
    if (query && query.additionalProperties !== false)
      throw new Error(`${method} ${path} takes unknown query parameters: set additionalProperties: false.`)
    return { ...detail, access: detail.access, method, path, body_schema: body, integers: query && integersOf(query) }
  })
  const byPath = new Map<string, Map<string, Route>>()
  for (const route of routes) byPath.set(route.path, (byPath.get(route.path) ?? new Map()).set(route.method, route))
  const folders = routes.filter(({ folder }) => folder)

  /** The routes of `path`, with any method. Only for answers to requests that no route takes. */
  const routesOf = (path: string) => [
    ...(byPath.get(path)?.values() ?? routes.filter((route) => matches(route.path, path))),
  ]

  return {
    routes,

    /** `path`: as the route was written. HEAD is what GET is. */
    find(method: string, path: string): Route {
      const route = byPath.get(path)?.get(method === 'HEAD' ? 'GET' : method)
      if (!route) throw new Error(`${method} ${path} is not in the table of routes.`)
      return route
    },

    /** Whether a route has just this path, with any method. */
    isFixed: (path: string): boolean => byPath.has(path),

    /** Whether `path` is that of a route with any method, or of a file in a folder of files. */
    isKnown: (path: string): boolean =>
      routesOf(path).length > 0 || folders.some((folder) => isFileIn(folder.path, path)),

    /**
     * The methods of `path` where it is a route without parameters that has not this one: its neighbour with a parameter,
     * /{id}, must not take the path's last segment for an id.
     */
    allowedInstead(method: string, path: string): string[] | undefined {
      const methods = byPath.get(path)
      return methods && !methods.has(method === 'HEAD' ? 'GET' : method) ? [...methods.keys()] : undefined
    },

    /**
     * Of a request that no route takes: the methods that its path has, and who may learn that. It needs a viewer to read
     * and an operator to write, and no less than reading the path does.
     */
    withoutRoute(method: string, path: string): { access: Access; allowed: string[] } {
      const others = routesOf(path)
      const reads = method === 'GET' || method === 'HEAD'
      const least = reads ? 'viewer' : 'operator'
      const reading = others.find((route) => route.method === 'GET')?.access
      const inFolder = reads && folders.some((folder) => isFileIn(folder.path, path))
      return {
        access: inFolder ? 'public' : isRole(reading) && roleSuffices(reading, least) ? reading : least,
        allowed: [...new Set(others.map((route) => route.method))],
      }
    },
  }
}

const integersOf = ({ properties }: TSchema) =>
  Object.entries(properties as Record<string, TSchema>).flatMap(([name, { [Kind]: kind }]) =>
    kind === 'Integer' ? [name] : [],
  )

const RANK: Record<UserRole, number> = { viewer: 1, operator: 2, admin: 3 }

export const roleSuffices = (has: UserRole, needs: UserRole): boolean => RANK[has] >= RANK[needs]

export const isRole = (access: Access | undefined): access is UserRole => access !== undefined && access in RANK

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/')
  const given = path.split('/')
  return (
    wanted.length === given.length &&
    wanted.every((part, i) => (part.startsWith(':') ? given[i] !== '' : part === given[i]))
  )
}

const isFileIn = (folder: string, path: string) =>
  path.startsWith(`${folder}/`) && /^[\w.-]+$/.test(path.slice(folder.length + 1))
