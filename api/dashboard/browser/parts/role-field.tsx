import { ROLE_NAMES, type Role } from '../data/users.ts'
import { useSay } from '../languages.ts'
import { ROLES } from '../session/texts.ts'
import { TEXTS } from './texts.ts'

/** What somebody may do; each role may all that the one before it may. */
export function RoleField({ role, onChange }: { role: Role; onChange: (role: Role) => void }) {
  const say = useSay()
  return (
    <label className="field">
      <span className="label">{say(TEXTS.role)}</span>
      <select
        className="select"
        value={role}
        onChange={({ target }) => onChange(ROLE_NAMES.find((one) => one === target.value)!)}
      >
        {ROLE_NAMES.map((one) => (
          <option key={one} value={one}>
            {say(ROLES[one])}
          </option>
        ))}
      </select>
      <span className="hint">{say(TEXTS[`role_${role}`])}</span>
    </label>
  )
}
