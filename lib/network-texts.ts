/** What went wrong on the way to another system, in words for people, by the code that runtimes and drivers give it. */
import type { Translated } from './texts.ts'

export const NO_ANSWER = { en: 'no answer in time', pt: 'não houve resposta a tempo' }
export const NO_HOST = { en: 'there is no such host', pt: 'o host não existe' }
const REFUSED = { en: 'the connection was refused', pt: 'a conexão foi recusada' }
const CLOSED = { en: 'the connection was closed', pt: 'a conexão foi fechada' }

const TEXTS: Record<string, Translated> = {
  ConnectionRefused: REFUSED,
  ECONNREFUSED: REFUSED,
  ECONNRESET: CLOSED,
  ConnectionClosed: CLOSED,
  CONNECTION_CLOSED: CLOSED,
  CONNECT_TIMEOUT: NO_ANSWER,
  ETIMEDOUT: NO_ANSWER,
  FailedToOpenSocket: {
    en: 'there is no such host, or no way to it',
    pt: 'o host não existe, ou não há caminho até ele',
  },
  ENOTFOUND: NO_HOST,
}

/** undefined for a code that is none of these. */
export const networkText = (code: string): Translated | undefined => TEXTS[code]
