import type { Schemas } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { ROLES, TEXTS } from './texts.ts'

export type Role = Schemas['User']['role']

export function RoleField({ role, onChange }: { role: Role; onChange: (role: Role) => void }) {
  const say = useSay()
  return (
    <label className="field">
      <span className="label">{say(TEXTS.role)}</span>
      <select className="select" value={role} onChange={({ target }) => onChange(target.value as Role)}>
        {(['viewer', 'operator', 'admin'] as const).map((one) => (
          <option key={one} value={one}>
            {say(ROLES[one])}
          </option>
        ))}
      </select>
    </label>
  )
}
