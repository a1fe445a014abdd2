import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { fillSystem } from '../../data/orders.ts'
import { useSay } from '../../languages.ts'
import { Confirm } from '../confirm.tsx'
import { Field } from '../field.tsx'
import { tell } from '../toasts.tsx'
import { TEXTS } from './texts.ts'

/** As the API takes them. */
const MOST = 100_000

export function Fill({ system, look }: { system: string; look?: 'main' }) {
  const say = useSay()
  const queries = useQueryClient()
  const [count, setCount] = useState('1000')
  const [share, setShare] = useState('20')
  const [isTried, setTried] = useState(false)
  const rows = Number(count.trim())
  const percent = Number(share.trim().replace(',', '.'))
  const isCount = /^\d+$/.test(count.trim()) && rows >= 1 && rows <= MOST
  const isShare = share.trim() !== '' && percent >= 0 && percent <= 100

  async function fill(): Promise<unknown> {
    setTried(true)
    if (!isCount || !isShare) return false
    const filled = await fillSystem(system, { count: rows, false_share: percent / 100 })
    await queries.invalidateQueries({ queryKey: ['orders'] })
    tell(say(TEXTS.filled, { count: filled.count, system }))
    return undefined
  }

  return (
    <Confirm
      action={say(TEXTS.fill)}
      icon="plus"
      {...(look && { look })}
      title={say(TEXTS.fill_title, { system })}
      onClose={() => setTried(false)}
      run={fill}
    >
      <p>{say(TEXTS.fill_what)}</p>
      <Field
        label={say(TEXTS.count)}
        hint={say(TEXTS.count_hint, { most: MOST })}
        value={count}
        onChange={setCount}
        inputMode="numeric"
        autoComplete="off"
        problem={isTried && !isCount ? say(TEXTS.no_count, { most: MOST }) : undefined}
      />
      <Field
        label={say(TEXTS.share)}
        hint={say(TEXTS.share_hint)}
        value={share}
        onChange={setShare}
        inputMode="decimal"
        autoComplete="off"
        problem={isTried && !isShare ? say(TEXTS.no_share) : undefined}
      />
    </Confirm>
  )
}
