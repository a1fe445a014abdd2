/** What an error of fetch or of a socket means. It names no part of an address, which may be a secret. */
import { networkText, NO_ANSWER } from './network-texts.ts'
import type { Translated } from './texts.ts'

/** `signal`: the call's deadline. */
export function networkFailure(thrown: unknown, signal: AbortSignal): Translated {
  if (signal.aborted) return NO_ANSWER
  const code = codeOf(thrown)
  const known = networkText(code)
  if (known) return known
  return isAboutCertificate(thrown)
    ? { en: `its certificate is not trusted (${code})`, pt: `o certificado não é confiável (${code})` }
    : { en: `the network failed (${code})`, pt: `a rede falhou (${code})` }
}

export const isAboutCertificate = (thrown: unknown): boolean =>
  /CERT|SSL|TLS|ISSUER|SIGNATURE|SELF_SIGNED/i.test(codeOf(thrown))

const codeOf = (thrown: unknown): string => (thrown as NodeJS.ErrnoException).code ?? 'unknown'
