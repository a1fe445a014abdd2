import type { User } from '../../data/users.ts'
import { useSay } from '../../languages.ts'
import { Badge } from '../badge.tsx'
import { USER } from './texts.ts'

/** What keeps a user from working; nothing for one who can. */
export function UserStates({ user: { disabled_at, locked, must_change_password } }: { user: User }) {
  const say = useSay()
  return (
    <>
      {disabled_at !== null && (
        <Badge tone="bad" icon="stop">
          {say(USER.disabled)}
        </Badge>
      )}
      {locked && (
        <Badge tone="warn" icon="waiting">
          {say(USER.locked)}
        </Badge>
      )}
      {must_change_password && (
        <Badge tone="calm" icon="key">
          {say(USER.must_change)}
        </Badge>
      )}
    </>
  )
}
