/** The API as a program of its own, behind a real socket. */
import { freePort, startProgram, until, type Program } from './program.ts'

/** What `admin` signs in with, unless a test says otherwise. */
export const ADMIN_PASSWORD = 'a long password for tests'

export interface ApiProgram extends Program {
  port: number
  url: string
}

/** Starts `api/main.ts` on a free port and waits until it is ready. `env`: DATA_DIR at least, else what differs from its defaults. */
export async function startApi(env: Record<string, string>): Promise<ApiProgram> {
  const port = freePort()
  const program = startProgram('api/main.ts', [], { PASSWORD_ROUNDS: '10', ADMIN_PASSWORD, ...env, PORT: String(port) })
  await until('the API', () => program.output().includes('"ready"'), 60_000, program.output)
  return { ...program, port, url: `http://127.0.0.1:${port}` }
}

/** Posts JSON, as whom `token` says. */
export function postJson(url: string, body: unknown, token?: string): Promise<Response> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify(body),
  })
}

/** Signs in as `admin`; an access token. */
export async function signInAsAdmin(url: string): Promise<string> {
  const answer = await postJson(`${url}/login`, { username: 'admin', password: ADMIN_PASSWORD })
  return ((await answer.json()) as { access_token: string }).access_token
}
