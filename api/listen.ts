import http from 'node:http'
import { messageOf } from '../lib/errors.ts'
import type { createApp } from './app.ts'
import { apiUrl, type ApiConfig } from './config.ts'
import { BUN_HEADER_BYTES } from './http/url-checks.ts'

export interface ApiServer {
  url: string
  /** Takes no new connection and lets running requests finish. */
  stop(): Promise<void>
}

/** Forward secret and authenticated only (RFC 9325, 4.2); Bun would also take AES128-SHA. It speaks TLS 1.2 and 1.3. */
const CIPHERS = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE+AESGCM:ECDHE+CHACHA20'

/** Serves `app`; throws an Error when the port cannot be had. */
export function listen(app: ReturnType<typeof createApp>, { host, port, tls, share_port }: ApiConfig): ApiServer {
  // Bun reads it when a server starts.
  Object.assign(http, { maxHeaderSize: BUN_HEADER_BYTES })
  try {
    app.listen({
      hostname: host,
      port,
      reusePort: share_port,
      ...(tls && { tls: { ...tls, ciphers: CIPHERS } as typeof tls }),
    })
  } catch (cause) {
    if (tls && !['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'].includes((cause as NodeJS.ErrnoException).code ?? ''))
      throw new Error(`TLS_CERT and TLS_KEY cannot be used (${messageOf(cause)}); do they belong together?`, { cause })
    throw new Error(`${host}:${port} cannot be listened on; is another program there? Set PORT.`, {
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
