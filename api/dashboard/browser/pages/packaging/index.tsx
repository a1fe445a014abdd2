/** The catalogue of packaging: filtered, sorted, imported from and exported to spreadsheets. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { numberIn } from '../../../../../lib/texts.ts'
import { useParameter } from '../../address.ts'
import { itemsQuery, MATERIALS, type Item, type ItemFilter } from '../../data/packaging.ts'
import { useLocale, useSay } from '../../languages.ts'
import { Badge } from '../../parts/badge.tsx'
import { FilterChoices, FilterText } from '../../parts/filter.tsx'
import { Icon } from '../../parts/icon.tsx'
import { MATERIAL_NAMES } from '../../parts/materials/texts.ts'
import { Money } from '../../parts/money.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { useMay } from '../../session/me.ts'
import { Import } from './import.tsx'
import { TEXTS } from './texts.ts'

export default function Packaging() {
  const say = useSay()
  const mayWrite = useMay('operator')
  const [q] = useParameter('q')
  const [material] = useParameter('material')
  const [stock] = useParameter('stock')
  const [sort, setSort] = useParameter('sort')
  const chosen = MATERIALS.find((one) => one === material)
  const filter: ItemFilter = {
    ...(q && { q }),
    ...(chosen && { material: chosen }),
    ...(stock === 'low' && { low_stock: true }),
  }
  const items = useInfiniteQuery(itemsQuery({ ...filter, sort: (sort || 'name') as NonNullable<ItemFilter['sort']> }))
  return (
    <>
      <PageHead title={say(TEXTS.title)}>
        <a className="button" href={`/embalagens/export?${exportParameters(filter)}`}>
          <Icon name="download" size={16} />
          {say(TEXTS.export)}
        </a>
        {mayWrite && <Import />}
        {mayWrite && (
          <Link className="button main" href="/embalagens/new">
            <Icon name="plus" size={16} />
            {say(TEXTS.new)}
          </Link>
        )}
      </PageHead>
      <div className="filters">
        <FilterText />
        <FilterChoices
          label={say(TEXTS.stock)}
          parameter="stock"
          options={[
            ['', say(TEXTS.all)],
            ['low', say(TEXTS.low)],
          ]}
        />
        <FilterChoices
          label={say(TEXTS.material)}
          parameter="material"
          options={[['', say(TEXTS.any)], ...MATERIALS.map((one) => [one, say(MATERIAL_NAMES[one])] as const)]}
        />
      </div>
      <div className="panel flush">
        <Loaded query={items} lines={10}>
          {({ pages }) => {
            const rows = pages.flatMap((page) => page.items)
            if (rows.length > 0)
              return (
                <Items
                  rows={rows}
                  sorted={{ by: sort || 'name', set: setSort }}
                  more={items.hasNextPage ? () => void items.fetchNextPage() : undefined}
                />
              )
            if (Object.keys(filter).length > 0)
              return (
                <Empty icon="unknown" title={say(COMMON.nothing_found)}>
                  <Link href="/embalagens">{say(COMMON.clear_filter)}</Link>
                </Empty>
              )
            return (
              <Empty icon="box" title={say(TEXTS.none)}>
                {say(TEXTS.none_how)}
              </Empty>
            )
          }}
        </Loaded>
      </div>
    </>
  )
}

const exportParameters = (filter: ItemFilter) =>
  new URLSearchParams(Object.entries(filter).map(([name, value]) => [name, String(value)])).toString()

interface ItemsProps {
  rows: Item[]
  sorted: { by: string; set: (by: string) => void }
  more: (() => void) | undefined
}

function Items({ rows, sorted, more }: ItemsProps) {
  const say = useSay()
  const locale = useLocale()
  return (
    <Table
      label={say(TEXTS.title)}
      rows={rows}
      id={({ id }) => id}
      sorted={sorted}
      more={more}
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
