/**
 * Where a request comes from: the socket's address, or, behind proxies that TRUSTED_PROXIES names, what the nearest of
 * them wrote into X-Forwarded-For. Read from the right: what stands left of the first stranger was written by strangers.
 */
import type { Server } from 'bun'
import { BlockList, isIP } from 'node:net'

type AnyServer = Pick<Server<unknown>, 'requestIP'>

const arrivals = new WeakMap<Request, { server: AnyServer; proxies: BlockList }>()

/** Remembers who took the request, so that its address is looked up only where somebody asks. */
export function rememberServer(request: Request, server: AnyServer | null, proxies: BlockList): void {
  if (server) arrivals.set(request, { server, proxies })
}

/** An IPv4 or IPv6 address; null where there is no socket. */
export function clientAddress(request: Request): string | null {
  const arrival = arrivals.get(request)
  const peer = arrival?.server.requestIP(request)
  if (!arrival || !peer) return null
  let address = plain(peer.address)
  for (const hop of request.headers.get('x-forwarded-for')?.split(',').toReversed() ?? []) {
    if (!isTrusted(address, arrival.proxies)) break
    const next = plain(hop.trim())
    if (isIP(next) === 0) break
    address = next
  }
  return address
}

/** True when a trusted proxy says that the client came to it by HTTPS. */
export function cameByHttps(request: Request): boolean {
  if (request.headers.get('x-forwarded-proto')?.split(',').at(-1)?.trim() !== 'https') return false
  const arrival = arrivals.get(request)
  const peer = arrival?.server.requestIP(request)
  return Boolean(arrival && peer && isTrusted(plain(peer.address), arrival.proxies))
}

/** Addresses and networks such as `10.0.0.0/8` or `::1`; throws RangeError for the first that is neither. */
export function readProxies(entries: string[]): BlockList {
  const proxies = new BlockList()
  for (const entry of entries) {
    const [address, bits] = entry.split('/') as [string, string?]
    const version = isIP(address)
    const most = version === 4 ? 32 : 128
    if (version === 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most)))
      throw new RangeError(`"${entry}" is no address and no network such as 10.0.0.0/8`)
    proxies.addSubnet(address, Number(bits ?? most), version === 4 ? 'ipv4' : 'ipv6')
  }
  return proxies
}

function isTrusted(address: string, proxies: BlockList): boolean {
  return proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** A socket that listens on both families shows IPv4 in IPv6's clothes. */
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '')
