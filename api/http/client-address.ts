/**
 * Where a request comes from: the socket's address, or, behind proxies that TRUSTED_PROXIES names, what the nearest of
 * them wrote into X-Forwarded-For. Read from the right: what stands left of the first stranger was written by strangers.
 */
import { BlockList, isIP } from 'node:net'
import { arrivalOf } from './request-context.ts'

/** An IPv4 or IPv6 address; null where there is no socket. */
export function clientAddress(request: Request): string | null {
  const { server, proxies } = arrivalOf(request)
  const peer = server?.requestIP(request)
  if (!peer) return null
  let address = plain(peer.address)
  for (const hop of request.headers.get('x-forwarded-for')?.split(',').toReversed() ?? []) {
    if (!isTrusted(address, proxies)) break
    const next = plain(hop.trim())
    if (isIP(next) === 0) break
    address = next
  }
  return address
}

/** True when a trusted proxy says that the client came to it by HTTPS. */
export function cameByHttps(request: Request): boolean {
  const { server, proxies } = arrivalOf(request)
  if (proxies.rules.length === 0) return false
  if (request.headers.get('x-forwarded-proto')?.split(',').at(-1)?.trim() !== 'https') return false
  const peer = server?.requestIP(request)
  return Boolean(peer && isTrusted(plain(peer.address), proxies))
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
