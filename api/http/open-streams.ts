/**
 * Answers that last: event streams, exports, stored files. Each ends within seconds of the end of its reader's session, or of
 * their right to read it: one statement every few seconds asks for all that are open in this process, and none is sent while
 * none is open. A user has a bounded number of them in a process.
 */
import type { Session } from '../../db/users/sessions.ts'
import { AppError } from '../../lib/errors.ts'
import type { Log } from '../../lib/log.ts'
import { contextOf } from './request-context.ts'
import type { Route } from './route-table.ts'

export interface OpenStreams {
  /**
   * An answer with `body`. When its reader may not go on, an `endless` body closes, and any other breaks off, so that half a
   * file does not pass for a whole one. Throws AppError too_many_streams.
   */
  answer(request: Request, body: ReadableStream<Uint8Array>, headers: Record<string, string>, endless?: true): Response
}

export interface StreamRules {
  /** Those of the sessions that live, by id, as they are now. */
  findLive(sessions: Session[]): Promise<Map<string, Session>>
  /** Why the session may not call the route; null when it may. */
  refusalOf(session: Session, rules: Route): AppError | null
  /** Of one user. */
  most: number
  log: Log
  check_ms?: number
}

/** With the statement's own time, well within the 5 s that a stream may outlive its session. */
const CHECK_MS = 2_000

interface Held {
  session: Session
  rules: Route
  end(): void
}

export function createOpenStreams({ findLive, refusalOf, most, log, check_ms = CHECK_MS }: StreamRules): OpenStreams {
  const open = new Set<Held>()
  let checking = false

  function watch(): void {
    if (checking || open.size === 0) return
    checking = true
    setTimeout(() => void check(), check_ms).unref()
  }

  async function check(): Promise<void> {
    const asked = [...open]
    try {
      const live = await findLive(asked.map(({ session }) => session))
      for (const { session, rules, end } of asked) {
        const now = live.get(session.id)
        if (!now || refusalOf(now, rules)) end()
      }
    } catch (err) {
      log.warn({ err }, 'the sessions of open streams were not checked; they will be in a moment')
    }
    checking = false
    watch()
  }

  return {
    answer(request, body, headers, endless) {
      const { session, rules } = contextOf(request)
      if (request.method === 'HEAD') {
        void body.cancel()
        return new Response(null, { headers })
      }
      if (!session || !rules) return new Response(body, { headers })
      const others = [...open].filter((held) => held.session.user_id === session.user_id)
      if (others.length >= most) {
        void body.cancel()
        throw tooMany(most)
      }
      const { stream, end } = endable(body, endless ?? false, () => open.delete(held))
      const held: Held = { session, rules, end }
      open.add(held)
      request.signal.addEventListener('abort', end, { once: true })
      watch()
      return new Response(stream, { headers })
    },
  }
}

/** The same bytes, until `end` is called. `onOver` is called once, however it ends. */
function endable(body: ReadableStream<Uint8Array>, closes: boolean, onOver: () => void) {
  const reader = body.getReader()
  let over = false
  let controller: ReadableStreamDefaultController<Uint8Array>
  const finish = () => {
    if (over) return false
    onOver()
    return (over = true)
  }
  const leave = (reason?: unknown) => reader.cancel(reason).catch(() => {})

  const stream = new ReadableStream<Uint8Array>(
    {
      start: (its) => void (controller = its),
      async pull() {
        try {
          const { done, value } = await reader.read()
          if (over) return
          if (!done) return controller.enqueue(value)
          finish()
          controller.close()
        } catch (err) {
          if (finish()) controller.error(err)
        }
      },
      async cancel(reason) {
        finish()
        await leave(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return {
    stream,
    end() {
      if (!finish()) return
      if (closes) controller.close()
      else controller.error(new DOMException('Its reader may not read it any more.', 'AbortError'))
      void leave()
    },
  }
}

function tooMany(most: number): AppError {
  const sentence = {
    en: `You have ${most} streams and downloads open, as many as a user may; close one, then try again.`,
    pt: `Você tem ${most} streams e downloads abertos, o máximo por usuário; feche um e tente de novo.`,
  }
  return new AppError('rate_limited', 'too_many_streams', sentence, { retry_after_s: 5 })
}
