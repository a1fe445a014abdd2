import { Link } from 'wouter'
import { numberIn } from '../../../../../lib/texts.ts'
import type { Item } from '../../data/packaging.ts'
import { useLocale, useSay } from '../../languages.ts'
import { Badge } from '../../parts/badge.tsx'
import { MATERIAL_NAMES } from '../../parts/materials/texts.ts'
import { Money } from '../../parts/money.tsx'
import { Table } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'

interface Props {
  rows: Item[]
  sorted: { by: string; set: (by: string) => void }
  /** Ids; undefined for somebody who may not change them. */
  chosen: ReadonlySet<string> | undefined
  choose: (ids: Set<string>) => void
}

export function Items({ rows, sorted, chosen, choose }: Props) {
  const say = useSay()
  const locale = useLocale()
  return (
    <Table
      label={say(TEXTS.title)}
      rows={rows}
      id={({ id }) => id}
      sorted={sorted}
      choosing={chosen && { ids: chosen, set: choose, nameOf: ({ name }) => name }}
      columns={[
        {
          title: say(TEXTS.name),
          sort: 'name',
          cell: ({ id, name }) => (
            <Link className="name" href={`/embalagens/${id}`}>
              {name}
            </Link>
          ),
        },
        { title: say(TEXTS.sku), sort: 'sku', can_wait: true, cell: ({ sku }) => <code>{sku}</code> },
        {
          title: say(TEXTS.material),
          sort: 'material',
          can_wait: true,
          cell: ({ material, kind }) => `${say(MATERIAL_NAMES[material])}, ${kind}`,
        },
        { title: say(TEXTS.supplier), can_wait: true, cell: ({ supplier }) => supplier },
        {
          title: say(TEXTS.stock),
          sort: 'stock',
          look: 'number',
          cell: ({ stock, reorder_level }) => (
            <span className="stock">
              {stock <= reorder_level && (
                <Badge tone="warn" icon="warning">
                  {say(TEXTS.low_badge)}
                </Badge>
              )}
              {numberIn(stock, locale)}
            </span>
          ),
        },
        {
          title: say(TEXTS.cost),
          sort: 'unit_cost',
          look: 'number',
          can_wait: true,
          cell: ({ unit_cost, currency }) => <Money amount={unit_cost} currency={currency} />,
        },
        {
          title: say(TEXTS.changed),
          sort: 'updated_at',
          can_wait: true,
          cell: ({ updated_at }) => <Time at={updated_at} />,
        },
      ]}
    />
  )
}
