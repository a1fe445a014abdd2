/** The signed-in user, for pages, and signing out. */
import { createContext, useContext } from 'react'
import { ask, isOffline, Problem, type Schemas } from '../api/client.ts'
import { forgetExpiry } from '../api/renewal.ts'
import { chosenLocale, sayIn } from '../languages.ts'
import { tell } from '../parts/toasts.tsx'
import { tellTabs } from './tabs.ts'
import { TEXTS } from './texts.ts'

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

type Feature = Me['features'][number]
export const useServes = (feature: Feature): boolean => useMe().features.includes(feature)

/** Whether there is anything on it for that user. */
export const isOffered = ({ role, features }: Me, page: { role?: Me['role']; feature?: Feature }): boolean =>
  suffices(role, page.role) && (page.feature === undefined || features.includes(page.feature))

export const readMe = () => ask((api) => api.GET('/me'))

/** Of this session, or of all of one's own. Rejects where the API cannot be reached: the session goes on. */
export async function signOut(all = false): Promise<void> {
  try {
    await ask((api) => api.POST('/logout', { params: { query: all ? { all } : {} } }))
  } catch (thrown) {
    if (isOffline(thrown)) {
      tell(sayIn(chosenLocale(), TEXTS.not_signed_out))
      return
    }
    // It had ended already.
    if (!(thrown instanceof Problem) || thrown.status !== 401) throw thrown
  }
  forgetExpiry()
  tellTabs(null)
  // All that this page knows belongs to the user who leaves.
  location.reload()
}
