import { AppError, messageOf } from '../lib/errors.ts'
import type { createApp } from './app.ts'
import { apiUrl, type ApiConfig } from './config.ts'

export interface ApiServer {
  url: string
  /** Takes no new connection and lets running requests finish. */
  stop(): Promise<void>
}

/** Serves `app`; throws AppError when the port cannot be had. */
export function listen(app: ReturnType<typeof createApp>, { host, port, tls, share_port }: ApiConfig): ApiServer {
  try {
    app.listen({ hostname: host, port, reusePort: share_port, ...(tls && { tls }) })
  } catch (cause) {
    if (tls && !['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'].includes((cause as NodeJS.ErrnoException).code ?? ''))
      throw new AppError(
        'tls_unusable',
        500,
        `TLS_CERT and TLS_KEY cannot be used (${messageOf(cause)}); do they belong together?`,
        { cause },
      )
    throw new AppError('port_busy', 500, `${host}:${port} cannot be listened on; is another program there? Set PORT.`, {
      cause,
    })
  }
  return {
    url: apiUrl({ host, port, tls }),
    stop: async () => {
      await app.stop(false)
    },
  }
}
