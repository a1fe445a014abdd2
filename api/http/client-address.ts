/** Where a request comes from: the address at the other end of its socket. */
import type { Server } from 'bun'

type AnyServer = Pick<Server<unknown>, 'requestIP'>

const servers = new WeakMap<Request, AnyServer>()

/** Remembers who took the request, so that its address is looked up only where somebody asks. */
export function rememberServer(request: Request, server: AnyServer | null): void {
  if (server) servers.set(request, server)
}

/** An IPv4 or IPv6 address; null where there is no socket. */
export function clientAddress(request: Request): string | null {
  const address = servers.get(request)?.requestIP(request)?.address
  // A socket that listens on both families shows IPv4 in IPv6's clothes.
  return address?.replace(/^::ffff:(?=\d+\.)/i, '') ?? null
}
