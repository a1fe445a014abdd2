/** The catalogue of packaging: filtered, sorted, imported from and exported to spreadsheets. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import { Problem } from '../../api/client.ts'
import { countQuery, itemsQuery, PAGE, type ItemFilter, type Sort } from '../../data/packaging.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { FilterChoices, FilterText } from '../../parts/filter.tsx'
import { Icon } from '../../parts/icon.tsx'
import { MATERIAL_NAMES, MATERIALS } from '../../parts/materials/index.ts'
import { Pager } from '../../parts/pager/index.tsx'
import { ExportCsv } from '../../parts/export-csv/index.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { Empty, Loaded, NothingFound } from '../../parts/states.tsx'
import { useMay } from '../../session/me.ts'
import { Chosen } from './chosen.tsx'
import { Import } from './import/index.tsx'
import { Items } from './items.tsx'
import { TEXTS } from './texts.ts'

export default function Packaging() {
  const say = useSay()
  const { whenTold } = useLive()
  const mayWrite = useMay('operator')
  const filter = useFilter()
  const [sort, setSort] = useParameter('sort')
  const [cursor] = useParameter('cursor')
  const sortedBy = (sort || 'name') as Sort
  const items = useQuery({ ...itemsQuery(filter, sortedBy, cursor), refetchInterval: whenTold() })
  const count = useQuery({ ...countQuery(filter), refetchInterval: whenTold() })
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set())
  const rows = items.data?.items ?? []
  return (
    <>
      <PageHead title={say(TEXTS.title)}>
        <ExportCsv path="/embalagens/export" filter={filter} name="embalagens.csv" />
        {mayWrite && <Import />}
        {mayWrite && (
          <Link className="button main" href="/embalagens/new">
            <Icon name="plus" size={16} />
            {say(TEXTS.new)}
          </Link>
        )}
      </PageHead>
      <Filters />
      <Chosen items={rows.filter(({ id }) => chosen.has(id))} clear={() => choose(new Set())} />
      <div className="panel flush" aria-busy={items.isPlaceholderData}>
        {isOfAnotherList(items.error) ? (
          <Empty icon="unknown" title={say(TEXTS.page_gone)}>
            <FirstPage />
          </Empty>
        ) : (
          <Loaded query={items} lines={10}>
            {(page) =>
              page.items.length > 0 ? (
                <>
                  <Items
                    rows={page.items}
                    sorted={{ by: sortedBy, set: setSort }}
                    chosen={mayWrite ? chosen : undefined}
                    choose={choose}
                  />
                  <Pager
                    shown={page.items.length}
                    limit={PAGE}
                    total={count.data?.items}
                    next_cursor={page.next_cursor}
                  />
                </>
              ) : (
                <None isFiltered={Object.keys(filter).length > 0 || cursor !== ''} />
              )
            }
          </Loaded>
        )}
      </div>
      {rows.length > 0 && count.data && count.data.items <= PAGE && (
        <p className="muted small list-count">{say(TEXTS.count, { count: count.data.items })}</p>
      )}
    </>
  )
}

function useFilter(): ItemFilter {
  const [q] = useParameter('q')
  const [material] = useParameter('material')
  const [stock] = useParameter('stock')
  const [recyclable] = useParameter('recyclable')
  const chosen = MATERIALS.find((one) => one === material)
  return {
    ...(q.trim() && { q: q.trim() }),
    ...(chosen && { material: chosen }),
    ...(stock === 'low' && { low_stock: true }),
    ...(recyclable === 'yes' && { recyclable: true }),
  }
}

function Filters() {
  const say = useSay()
  return (
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
      <FilterChoices
        label={say(TEXTS.recyclable)}
        parameter="recyclable"
        options={[
          ['', say(TEXTS.all)],
          ['yes', say(TEXTS.recyclable)],
        ]}
      />
    </div>
  )
}

/** An address with the cursor of another order, or one that was cut off. */
const isOfAnotherList = (error: unknown) => error instanceof Problem && error.code === 'cursor_invalid'

function FirstPage() {
  const say = useSay()
  const [, setCursor] = useParameter('cursor')
  return (
    <button type="button" className="button" onClick={() => setCursor('')}>
      {say(TEXTS.first_page)}
    </button>
  )
}

function None({ isFiltered }: { isFiltered: boolean }) {
  const say = useSay()
  const mayWrite = useMay('operator')
  if (isFiltered) return <NothingFound />
  return (
    <Empty icon="box" title={say(TEXTS.none)}>
      {say(mayWrite ? TEXTS.none_how : TEXTS.none_viewer)}
    </Empty>
  )
}
