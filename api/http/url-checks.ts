/** An address that can be read in one way only: nothing in it that a proxy, a log or another reader takes otherwise. */
import { AppError, validationFailed } from '../../lib/errors.ts'

/** Throws AppError 400 for a % that encodes no UTF-8, 422 for a query that names a parameter twice. */
export function refuseUnclearAddress(url: string): void {
  if (url.includes('%')) refuseBadEncoding(url)
  const start = url.indexOf('?')
  if (start === -1 || !url.includes('&', start)) return
  const names = url
    .slice(start + 1)
    .split('&')
    .filter((part) => part !== '')
    .map((part) => decodeURIComponent(part.split('=', 1)[0]!.replaceAll('+', ' ')))
  const twice = names.find((name, at) => names.indexOf(name) < at)
  if (twice === undefined) return
  const message = { en: 'is given more than once', pt: 'aparece mais de uma vez' }
  throw validationFailed([{ path: `/${twice}`, message }])
}

function refuseBadEncoding(url: string): void {
  try {
    decodeURIComponent(url)
  } catch (cause) {
    throw new AppError(
      'malformed',
      'address_malformed',
      {
        en: 'A % in the address is followed by what is no UTF-8; a plain % is written %25.',
        pt: 'Um % do endereço vem antes do que não é UTF-8; um % comum se escreve %25.',
      },
      { cause },
    )
  }
}
