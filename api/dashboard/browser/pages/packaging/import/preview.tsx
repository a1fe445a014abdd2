/** What an import would do: how many items, the changed ones field by field, and the new ones. */
import type { Schemas } from '../../../api/client.ts'
import { useSay } from '../../../languages.ts'
import { Badge } from '../../../parts/badge.tsx'
import { FIELDS, isField, useValueText } from '../../../parts/item-fields/index.ts'
import { TEXTS } from './texts.ts'

type Result = Schemas['ImportResult']
type Change = NonNullable<Result['changes']>[number]

export function Preview({ file, result }: { file: string; result: Result }) {
  const say = useSay()
  const { created, updated, unchanged, changes = [] } = result
  return (
    <div role="status" className="form">
      <p>{say(created + updated === 0 ? TEXTS.nothing_to_write : TEXTS.would, { file })}</p>
      <div className="row">
        <Badge tone="good" icon="plus">
          {say(TEXTS.created, { count: created })}
        </Badge>
        <Badge tone={updated > 0 ? 'warn' : 'calm'} icon="retry">
          {say(TEXTS.updated, { count: updated })}
        </Badge>
        <Badge tone="calm" icon="check">
          {say(TEXTS.unchanged, { count: unchanged })}
        </Badge>
      </div>
      <Changes title={say(TEXTS.changed_items)} of={changes.filter(({ before }) => before !== null)} all={updated} />
      <Changes title={say(TEXTS.new_items)} of={changes.filter(({ before }) => before === null)} all={created} />
    </div>
  )
}

function Changes({ title, of, all }: { title: string; of: Change[]; all: number }) {
  const say = useSay()
  const valueText = useValueText()
  if (of.length === 0) return null
  return (
    <div className="import-list" tabIndex={0} role="group" aria-label={title}>
      <table className="table">
        <caption className="import-caption">{title}</caption>
        <thead className="hidden-text">
          <tr>
            <th scope="col">{say(TEXTS.item)}</th>
            <th scope="col">{say(TEXTS.differences)}</th>
          </tr>
        </thead>
        <tbody>
          {of.map(({ sku, name, before, after }) => (
            <tr key={sku}>
              <th scope="row">
                <span className="name">{name}</span> <code className="muted">{sku}</code>
              </th>
              <td>
                <ul className="import-fields">
                  {Object.entries(after).map(([field, value]) => {
                    if (
                      !isField(field) ||
                      (!before && (field === 'sku' || field === 'name' || valueText(field, value) === '—'))
                    )
                      return null
                    return (
                      <li key={field}>
                        <span className="muted">{say(FIELDS[field])}</span>{' '}
                        {before && (
                          <>
                            <del>{valueText(field, before[field])}</del> <span aria-hidden="true">→</span>{' '}
                          </>
                        )}
                        <ins>{valueText(field, value)}</ins>
                      </li>
                    )
                  })}
                </ul>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {all > of.length && <p className="panel-note">{say(TEXTS.more, { count: all - of.length })}</p>}
    </div>
  )
}
