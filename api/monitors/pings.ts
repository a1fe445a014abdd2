/** Push URLs: the token is all that their caller has. Nothing of a request is read before it is known. */
import { Elysia } from 'elysia'
import { MAX_LOG_CHARACTERS, pingUnknown, recordPing, type Signal } from '../../db/monitors/ping.ts'
import { monitorOfToken } from '../../db/monitors/tokens.ts'
import type { ApiContext } from '../context.ts'
import { jsonAnswer } from '../http/answers.ts'
import { readBytes } from '../http/body.ts'
import { responses } from '../http/responses.ts'
import { logBody, pinged, pingParams } from './model.ts'

const SUMMARY: Record<Signal, string> = {
  start: 'A job begins: it is to say within its grace that it is done',
  success: 'A job is done',
  fail: 'A job has failed',
}

export function pings({ db: { sql }, ping_secret }: ApiContext) {
  const app = new Elysia({ name: 'pings' })
  for (const [path, signal] of [
    ['/ping/:token', 'success'],
    ['/ping/:token/start', 'start'],
    ['/ping/:token/fail', 'fail'],
  ] as const) {
    const detail = {
      tags: ['monitors'],
      access: 'public' as const,
      budget: 'ping' as const,
      body: 'raw' as const,
      description:
        'It is recorded when it is answered. For crontabs: `curl -fsS -m 10 --retry 5 -o /dev/null URL`; HEAD and GET count as POST does.',
    }
    const answer = ({ params, request }: { params: { token: string }; request: Request }) =>
      ping(params.token, signal, request)
    app
      .get(path, answer, {
        params: pingParams,
        detail: {
          ...detail,
          summary: SUMMARY[signal],
          responses: responses({ 200: pinged }, [404, 422, 429], [500, 503]),
        },
      })
      .post(path, answer, {
        params: pingParams,
        detail: {
          ...detail,
          summary: `${SUMMARY[signal]}, with what it said`,
          requestBody: logBody,
          responses: responses({ 200: pinged }, [400, 404, 413, 415, 422, 429], [500, 503]),
        },
      })
  }
  return app

  async function ping(token: string, signal: Signal, request: Request): Promise<Response> {
    const monitor = monitorOfToken(ping_secret, token)
    if (monitor === null) throw pingUnknown()
    const bytes = await readBytes(request)
    await recordPing(sql, monitor, signal, bytes.length === 0 ? null : endOf(bytes))
    return jsonAnswer({ monitor, signal }, 200)
  }
}

/** A log says at its end what went wrong. A character may have up to four bytes. */
const endOf = (bytes: Uint8Array): string =>
  new TextDecoder().decode(bytes.subarray(-4 * MAX_LOG_CHARACTERS)).slice(-MAX_LOG_CHARACTERS)
