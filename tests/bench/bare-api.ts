/**
 * What the API is measured against: Bun.serve and postgres.js, nothing else. It does the same work: it checks the token's
 * signature and claims, the session in the database and the rate of the user, makes the same statements, and answers with
 * the same headers.
 */
import { jwtVerify } from 'jose'
import { openSql } from '../../db/engines/postgres/open-sql.ts'
import {
  DEFAULTS,
  insertPackaging,
  listPackaging,
  readPackaging,
  type PackagingValues,
} from '../../db/packaging/packaging.ts'
import { SECURITY_HEADERS } from '../../api/http/browser-headers.ts'
import { findLiveSession } from '../../db/users/sessions.ts'

const { DATABASE_URL, PORT, JWT_SECRET, POOL } = process.env as Record<string, string>
const sql = openSql(DATABASE_URL!, Number(POOL))
const key = new TextEncoder().encode(JWT_SECRET)
const counts = new Map<string, number>()

Bun.serve({
  port: Number(PORT),
  hostname: '127.0.0.1',
  reusePort: true,
  async fetch(request, server) {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/health/live') return json('{"status":"ok"}')
    const session = await sessionOf(request)
    if (!session) return new Response(null, { status: 401 })
    const request_id = Bun.randomUUIDv7()
    const id = pathname.split('/')[2]
    if (request.method === 'POST') {
      const { user_id: actor_id, username: actor_name } = session
      const actor = { actor_id, actor_name, address: server.requestIP(request)!.address, request_id }
      const values = valuesOf(await request.json())
      return json((await insertPackaging(sql, { id: Bun.randomUUIDv7(), values, actor }))!.json, 201)
    }
    if (id) return json((await readPackaging(sql, id))!.json)
    const after = placeOf(searchParams.get('cursor'))
    const order = { sort: 'name', descending: false } as const
    const { rows, last } = await listPackaging(sql, {}, order, { limit: 50, after })
    const next = last && Buffer.from(JSON.stringify({ order: 'name', ...last })).toString('base64url')
    return json(`{"items":[${rows.join(',')}],"next_cursor":${JSON.stringify(next ?? null)}}`)
  },
})
process.stdout.write('ready\n')

async function sessionOf(request: Request) {
  const token = request.headers.get('authorization')?.slice(7) ?? ''
  const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], issuer: 'doca', audience: 'doca-api' })
  const session = await findLiveSession(sql, String(payload.sid))
  const minute = `${session?.user_id}:${Math.floor(Date.now() / 60_000)}`
  counts.set(minute, (counts.get(minute) ?? 0) + 1)
  return session
}

function placeOf(cursor: string | null) {
  if (cursor === null) return undefined
  return JSON.parse(Buffer.from(cursor, 'base64url').toString()) as { value: string; id: string }
}

const valuesOf = (body: unknown) => ({ ...DEFAULTS, ...(body as object) }) as PackagingValues

const json = (text: string, status = 200) =>
  new Response(text, {
    status,
    headers: { ...SECURITY_HEADERS, 'x-request-id': Bun.randomUUIDv7(), 'content-type': 'application/json' },
  })
