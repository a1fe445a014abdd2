/** Who changed what when, from the audit. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { historyQuery, type ItemChange } from '../../data/packaging.ts'
import { useSay } from '../../languages.ts'
import { Button } from '../../parts/button.tsx'
import { FIELDS, FIELD_NAMES, useValueText } from '../../parts/item-fields/index.ts'
import { Panel } from '../../parts/panel.tsx'
import { Loaded } from '../../parts/states.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { useMay } from '../../session/me.ts'
import { TEXTS } from './texts.ts'

export function History({ id }: { id: string }) {
  const say = useSay()
  const history = useInfiniteQuery(historyQuery(id))
  return (
    <Panel title={say(TEXTS.history)} aside={<Imports />}>
      <Loaded query={history} lines={3}>
        {({ pages }) => {
          const changes = pages.flatMap(({ items }) => items)
          if (changes.length === 0) return <p className="muted">{say(TEXTS.history_none)}</p>
          return (
            <ol className="history">
              {changes.map((change) => (
                <Change key={change.id} change={change} />
              ))}
            </ol>
          )
        }}
      </Loaded>
      {history.hasNextPage && (
        <Button onPress={() => void history.fetchNextPage()} isPending={history.isFetchingNextPage}>
          {say(COMMON.more)}
        </Button>
      )}
    </Panel>
  )
}

function Imports() {
  const say = useSay()
  const mayRead = useMay('admin')
  const text = say(TEXTS.history_imports)
  return mayRead ? <Link href="/audit?action=packaging.imported">{text}</Link> : text
}

/** `packaging.changed` → `changed`. */
const verbOf = (action: string) => VERBS.find((verb) => action === `packaging.${verb}`)
const VERBS = ['created', 'changed', 'deleted', 'restored'] as const

interface Sides {
  before?: Record<string, unknown>
  after?: Record<string, unknown>
}

function Change({ change: { at, actor_name, api_key_id, action, details } }: { change: ItemChange }) {
  const say = useSay()
  const valueText = useValueText()
  const { before, after } = details as Sides
  const verb = verbOf(action)
  return (
    <li>
      <p>
        <strong>{actor_name ?? say(TEXTS.machine)}</strong>
        {api_key_id !== null && <span className="muted small"> {say(TEXTS.with_key)}</span>}{' '}
        {verb ? say(TEXTS[`did_${verb}`]) : action}{' '}
        <span className="muted">
          <Time at={at} />
        </span>
      </p>
      {before && after && (
        <ul className="history-fields">
          {FIELD_NAMES.filter((name) => name in after).map((name) => (
            <li key={name}>
              <span className="muted">{say(FIELDS[name])}</span> <del>{valueText(name, before[name])}</del>{' '}
              <span aria-hidden="true">→</span> <ins>{valueText(name, after[name])}</ins>
            </li>
          ))}
        </ul>
      )}
    </li>
  )
}
