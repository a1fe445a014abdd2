import type { Actor } from '../../db/audit/audit.ts'
import { requestIdOf } from './request-context.ts'
import { clientAddress } from './client-address.ts'

/** Who asks, from where, as what: the part of an audit row that a request knows. */
export function actorOf(request: Request, session?: { user_id: string | null; username: string }): Actor {
  return {
    actor_id: session?.user_id ?? null,
    actor_name: session?.username ?? null,
    address: clientAddress(request),
    request_id: requestIdOf(request),
  }
}
