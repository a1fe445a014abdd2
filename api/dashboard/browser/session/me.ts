/** The signed-in user, for pages, and signing out. */
import { createContext, useContext } from 'react'
import { ask, type Schemas } from '../api/client.ts'

export type Me = Schemas['Me']

export const SessionContext = createContext<Me | null>(null)

export function useMe(): Me {
  const me = useContext(SessionContext)
  if (!me) throw new Error('useMe outside of a session')
  return me
}

const RANK = { viewer: 1, operator: 2, admin: 3 }
/** For showing and hiding alone; the API decides what is allowed. */
export const useMay = (role: Me['role']): boolean => suffices(useMe().role, role)
export const suffices = (has: Me['role'], needs: Me['role'] = 'viewer'): boolean => RANK[has] >= RANK[needs]

export const readMe = () => ask((api) => api.GET('/me'))

export async function signOut(): Promise<void> {
  // All that this page knows belongs to the user who leaves.
  await ask((api) => api.POST('/logout', { params: { query: {} } })).finally(() => location.reload())
}
