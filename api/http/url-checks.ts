/** A URL must read in one way only: nothing in it that the router, a proxy or a log could take otherwise. */
import { AppError } from '../../lib/errors.ts'
import { pathStart } from './request-context.ts'

/** Elysia's router looks for the path from this character of a URL on. */
const ROUTER_READS_FROM = 11

const received = new WeakMap<Request, Request>()

/**
 * The same request with a longer host where its path begins before the router looks for it: with a host of up to three
 * letters, which had `/docs/audit` read as `/audit`, and in HTTP/1.0 without a host. Undefined for any other request.
 */
export function withLongerHost(request: Request): Request | undefined {
  const { url } = request
  const start = pathStart(url)
  // No path: CONNECT names a host and its port instead.
  if (start === -1 || start >= ROUTER_READS_FROM || namesNoHost(request)) return undefined
  const longer = new Request(
    `${url.startsWith('https:') ? 'https' : 'http'}://host.invalid${url.slice(start)}`,
    request,
  )
  received.set(longer, request)
  return longer
}

/** The request as it came from the socket, which knows its client's address. */
export const asReceived = (request: Request): Request => received.get(request) ?? request

/** Throws AppError malformed for a Host that is none, or two of them (RFC 9112, 3.2). HTTP/1.0 may leave it out. */
export function refuseBadHost(request: Request): void {
  // Bun joins headers of one name with commas, which no host has.
  if (namesNoHost(request) || request.headers.get('host')?.includes(','))
    throw new AppError('malformed', 'host_invalid', {
      en: 'The header Host must name one host.',
      pt: 'O cabeçalho Host deve conter um host válido, e só um.',
    })
}

/** Bun's own limit, above which it answers for itself, with a plain 431: far enough from ours that nearly all get a problem. */
export const BUN_HEADER_BYTES = 64 * 1024
const HEADER_KIB = 16

/** Throws AppError overlong. */
export function refuseLongHeaders({ url, headers }: Request): void {
  let characters = url.length
  headers.forEach((value, name) => void (characters += name.length + value.length))
  if (characters > HEADER_KIB * 1024)
    throw new AppError('overlong', 'headers_too_large', {
      en: `The address and the headers are larger than ${HEADER_KIB} KiB.`,
      pt: `O endereço e os cabeçalhos passam de ${HEADER_KIB} KiB.`,
    })
}

/** Bun gives the path alone as URL of a request whose Host is missing or invalid. */
const namesNoHost = (request: Request) => request.url.startsWith('/') && request.headers.get('host') !== null

/** Throws AppError malformed for a % that encodes no UTF-8. */
export function refuseBadEncoding(url: string): void {
  if (!url.includes('%')) return
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
