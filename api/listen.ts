import { AppError } from '../lib/errors.ts'
import type { createApp } from './app.ts'
import { apiUrl, type ApiConfig } from './config.ts'

export interface ApiServer {
  url: string
  /** Takes no new connection and lets running requests finish. */
  stop(): Promise<void>
}

/** Serves `app`; throws AppError when the port cannot be had. */
export function listen(app: ReturnType<typeof createApp>, { host, port }: ApiConfig): ApiServer {
  try {
    app.listen({ hostname: host, port, reusePort: false })
  } catch (cause) {
    throw new AppError('port_busy', 500, `${host}:${port} cannot be listened on; is another program there? Set PORT.`, {
      cause,
    })
  }
  return {
    url: apiUrl({ host, port }),
    stop: async () => {
      await app.stop(false)
    },
  }
}
