/** What has arrived in the output database, newest first. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import { moreOf } from '../../data/by-cursor.ts'
import { flowQuery, listPath, messagePath, outputQuery, type OutputOrder } from '../../data/orders.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { FilterChoices } from '../../parts/filter.tsx'
import { Price } from '../../parts/order-messages/price.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { Empty, Loaded, NothingFound } from '../../parts/states.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'

export default function OrderOutput() {
  const say = useSay()
  const { whenTold } = useLive()
  const [origin] = useParameter('origin')
  const output = useInfiniteQuery({ ...outputQuery(origin), refetchInterval: whenTold() })
  const systems = Object.keys(useQuery(flowQuery).data?.by_system ?? {})
  return (
    <>
      <PageHead title={say(TEXTS.title)} />
      {systems.length > 1 && (
        <div className="filters">
          <FilterChoices
            label={say(TEXTS.system)}
            parameter="origin"
            options={[['', say(TEXTS.every_system)], ...systems.map((name) => [name, name] as const)]}
          />
        </div>
      )}
      <div className="panel flush">
        <Loaded query={output} lines={8}>
          {({ pages }) => {
            const items = pages.flatMap((page) => page.items)
            if (items.length === 0 && origin) return <NothingFound />
            if (items.length === 0)
              return (
                <Empty icon="box" title={say(TEXTS.none)}>
                  {say(TEXTS.none_how)}
                </Empty>
              )
            return (
              <Table
                label={say(TEXTS.title)}
                rows={items}
                id={({ message_id }) => message_id}
                more={moreOf(output)}
                columns={columns()}
              />
            )
          }}
        </Loaded>
      </div>
    </>
  )

  function columns(): Column<OutputOrder>[] {
    return [
      {
        title: say(TEXTS.product),
        look: 'wide',
        cell: ({ message_id, product }) => (
          <Link className="name" href={messagePath(message_id)}>
            {product}
          </Link>
        ),
      },
      { title: say(TEXTS.price), look: 'number', cell: ({ price }) => <Price of={price} /> },
      {
        title: say(TEXTS.system),
        cell: ({ origin: system }) => <Link href={listPath(undefined, system)}>{system}</Link>,
      },
      {
        title: say(TEXTS.check),
        can_wait: true,
        cell: ({ security_check }) => <code>{security_check ? 'TRUE' : 'FALSE'}</code>,
      },
      { title: say(TEXTS.written), can_wait: true, cell: ({ written_at }) => <Time at={written_at} /> },
    ]
  }
}
