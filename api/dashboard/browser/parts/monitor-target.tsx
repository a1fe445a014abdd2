import { durationIn } from '../../../../lib/texts.ts'
import type { Schemas } from '../api/client.ts'
import { useLocale } from '../languages.ts'
import { scheduleIn } from './schedule/words.ts'

/** What a monitor asks; of one that is pinged, how often, in words. */
export function MonitorTarget({ of: { kind, target } }: { of: Pick<Schemas['Monitor'], 'kind' | 'target'> }) {
  const locale = useLocale()
  const seconds = /^every ([\d.]+) s$/.exec(target)
  if (kind !== 'push') return <>{target}</>
  return (
    <>
      {scheduleIn(seconds ? `@every ${seconds[1]}s` : target, locale) ??
        (seconds ? durationIn(1000 * Number(seconds[1]), locale) : target)}
    </>
  )
}
