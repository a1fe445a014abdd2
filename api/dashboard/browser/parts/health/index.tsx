import type { Check } from '../../data/health.ts'
import { useSay } from '../../languages.ts'
import { Badge } from '../badge.tsx'
import { CHECKS, STATUS } from './texts.ts'

export function CheckName({ name }: { name: string }) {
  const say = useSay()
  const label = CHECKS[name]
  return <>{label ? say(label) : name}</>
}

export function CheckBadge({ status }: Pick<Check, 'status'>) {
  const say = useSay()
  const isOk = status === 'ok'
  return (
    <Badge tone={isOk ? 'good' : 'bad'} icon={isOk ? 'check' : 'cross'}>
      {say(STATUS[status])}
    </Badge>
  )
}
