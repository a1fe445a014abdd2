/** A real HTTP server that speaks the routes jobs use, so that a test decides what the API answers. */
import { join } from 'node:path'

export const CATALOGUE = join(import.meta.dir, '../fixtures/tables/packaging-catalogue.csv')

export interface StandIn {
  url: string
  /** Answers as usual again. */
  reset(): void
  /** What the next export answers; the catalogue unless set. */
  exportAnswer: () => Response
  health: () => Response
  stop(): void
}

const USUAL = {
  exportAnswer: () => new Response(Bun.file(CATALOGUE).stream(), { headers: { 'content-type': 'text/csv' } }),
  health: () => Response.json({ status: 'ok' }),
}

export function startStandIn(): StandIn {
  const standIn: StandIn = {
    url: '',
    ...USUAL,
    reset: () => void Object.assign(standIn, USUAL),
    stop: () => void server.stop(true),
  }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    routes: {
      '/login': async (request) => {
        const { username, password } = (await request.json()) as Record<string, string>
        if (username !== 'service' || password !== 'secret') return Response.json({}, { status: 401 })
        return Response.json({ access_token: 'a-token', token_type: 'Bearer', expires_in: 900 })
      },
      '/embalagens/export': (request) =>
        request.headers.get('authorization') === 'Bearer a-token'
          ? standIn.exportAnswer()
          : Response.json({}, { status: 401 }),
      '/health': () => standIn.health(),
      '/metrics': () => Response.json({ api_status: 'ok', embalagens_count: 182 }),
    },
    fetch: () => new Response('not found', { status: 404 }),
  })
  standIn.url = `http://127.0.0.1:${server.port}`
  return standIn
}
