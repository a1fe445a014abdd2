/** A real HTTP server that stands for somebody else's API, and does what such APIs do on a bad day. */
export interface OutsideApi {
  url: string
  /** The URLs asked for, in order. */
  asked: URL[]
  /** Answers of the next questions; then what `usual` says. */
  next: Array<(url: URL) => Response | Promise<Response>>
  usual: (url: URL) => Response | Promise<Response>
  reset(): void
  stop(): void
}

export function startOutsideApi(usual: (url: URL) => Response | Promise<Response>): OutsideApi {
  const api: OutsideApi = {
    url: '',
    asked: [],
    next: [],
    usual,
    reset: () => void Object.assign(api, { asked: [], next: [], usual }),
    stop: () => void server.stop(true),
  }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 60,
    fetch(request) {
      const url = new URL(request.url)
      api.asked.push(url)
      return (api.next.shift() ?? api.usual)(url)
    },
  })
  api.url = `http://127.0.0.1:${server.port}/`
  return api
}

export const busy =
  (status: number, headers: Record<string, string> = {}) =>
  () =>
    new Response('busy', { status, headers })
export const html = () => new Response('<!doctype html>\n<h1>Sign in to the Wi-Fi</h1>')
export const truncated = () =>
  new Response('{"results": [{"gender": "fem', { headers: { 'content-type': 'application/json' } })
