/** A state: colour, icon and word together, never one of them alone. */
import { Icon, type IconName } from './icon.tsx'

export type Tone = 'good' | 'warn' | 'bad' | 'worst' | 'info' | 'calm'

export function Badge({ tone, icon, children }: { tone: Tone; icon: IconName; children: string }) {
  return (
    <span className={`badge ${tone}`}>
      <Icon name={icon} size={14} />
      {children}
    </span>
  )
}
