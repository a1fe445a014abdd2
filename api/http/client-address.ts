/**
 * The client's address: the socket's, or behind proxies that TRUSTED_PROXIES names the last in X-Forwarded-For that is not one
 * of them. Read from the right: anybody may have written what stands further left.
 */
import { BlockList, isIP } from 'node:net'
import { contextOf } from './request-context.ts'
import { asReceived } from './url-checks.ts'

/** An IPv4 or IPv6 address; null where there is no socket. Once the answer is sent it is known only if it was asked for before. */
export function clientAddress(request: Request): string | null {
  const known = contextOf(request)
  if (known.address === undefined) known.address = addressOf(request)
  return known.address
}

function addressOf(request: Request): string | null {
  const { proxies } = contextOf(request)
  let address = socketAddress(request)
  if (address === null) return null
  for (const hop of request.headers.get('x-forwarded-for')?.split(',').toReversed() ?? []) {
    if (!isTrusted(address, proxies)) break
    const next = plain(withoutPort(hop.trim()))
    if (isIP(next) === 0) break
    address = next
  }
  return address
}

/** True for a program on this machine that asks by itself; what a proxy passes on comes from elsewhere. */
export function isLocal(request: Request): boolean {
  const address = socketAddress(request)
  if (address === null || FORWARDING_HEADERS.some((name) => request.headers.has(name))) return false
  return isLoopback(address)
}

const FORWARDING_HEADERS = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via']

const isLoopback = (address: string) => address === '::1' || (isIP(address) === 4 && address.startsWith('127.'))

/** True when a trusted proxy says that the client came to it by HTTPS. */
export function cameByHttps(request: Request): boolean {
  const { proxies } = contextOf(request)
  if (proxies.rules.length === 0) return false
  if (request.headers.get('x-forwarded-proto')?.split(',').at(-1)?.trim() !== 'https') return false
  const address = socketAddress(request)
  return address !== null && isTrusted(address, proxies)
}

function socketAddress(request: Request): string | null {
  const peer = contextOf(request).server?.requestIP(asReceived(request))
  return peer ? plain(peer.address) : null
}

/** What the client calls itself, as far as a person reads it. */
export const userAgent = (request: Request): string | null => request.headers.get('user-agent')?.slice(0, 300) || null

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

/** Some proxies write a port behind the address, and brackets round one of IPv6. */
const withoutPort = (hop: string) => hop.replace(/^(?:\[([^\]]+)\]|([\d.]+))(?::\d+)?$/, '$1$2')

/** A socket that listens on both families gives IPv4 addresses as `::ffff:192.0.2.1`. */
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '')
