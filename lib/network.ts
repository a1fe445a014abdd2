/**
 * The network that counts as one client: an IPv4 address, or the /64 of an IPv6 address, since a customer has a whole one.
 * 'unknown' for null.
 */
export function networkOf(address: string | null): string {
  if (!address?.includes(':')) return address ?? 'unknown'
  return `${groupsOf(address).slice(0, 4).map(shortest).join(':')}::/64`
}

/**
 * The network that one attacker can be expected to have much of: the /24 of an IPv4 address, the /40 of an IPv6 address,
 * of which a /32, which is for rent, has as many as a /16 has /24s. 'unknown' for null.
 */
export function widerNetworkOf(address: string | null): string {
  if (address === null) return 'unknown'
  if (!address.includes(':')) return `${address.slice(0, address.lastIndexOf('.'))}.0/24`
  const [first, second, third] = groupsOf(address).map((group) => group.padStart(4, '0')) as [string, string, string]
  return `${[first, second, `${third.slice(0, 2)}00`].map(shortest).join(':')}::/40`
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('%')[0]!.split('::')
  const left = head.split(':').filter(Boolean)
  const right = tail?.split(':').filter(Boolean) ?? []
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  return [...left, ...zeros, ...right]
}

const shortest = (group: string) => group.replace(/^0+(?=.)/, '').toLowerCase()
