/** What happened to an item, newest first: its processed events as a timeline. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useParameter } from '../../address.ts'
import { moreOf } from '../../data/by-cursor.ts'
import { eventHistoryQuery } from '../../data/events.ts'
import { itemsQuery } from '../../data/packaging.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Button } from '../../parts/button.tsx'
import { DateFilter } from '../../parts/date-field/index.tsx'
import { FilterText } from '../../parts/filter.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { Empty, Loaded, NothingFound } from '../../parts/states.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { EventLine } from './event.tsx'
import { TEXTS } from './texts.ts'

export default function ItemEvents() {
  const say = useSay()
  const [sku] = useParameter('sku')
  return (
    <>
      <PageHead title={sku ? say(TEXTS.title_of, { sku }) : say(TEXTS.title)}>{sku && <ToItem sku={sku} />}</PageHead>
      <div className="filters">
        <FilterText parameter="sku" label={say(TEXTS.sku)} />
        <DateFilter label={say(TEXTS.day)} parameter="day" to="day" />
      </div>
      <div className="panel">
        {sku ? (
          <Events sku={sku} />
        ) : (
          <Empty icon="box" title={say(TEXTS.which)}>
            {say(TEXTS.which_how)}
          </Empty>
        )}
      </div>
    </>
  )
}

function ToItem({ sku }: { sku: string }) {
  const say = useSay()
  const found = useQuery(itemsQuery({ sku }, 'name', ''))
  const item = found.data?.items.find((one) => one.sku === sku)
  return item && <Link href={`/embalagens/${item.id}`}>{say(TEXTS.to_item)}</Link>
}

function Events({ sku }: { sku: string }) {
  const say = useSay()
  const { every } = useLive()
  const [day] = useParameter('day')
  const history = useInfiniteQuery({ ...eventHistoryQuery(sku, day), refetchInterval: every(5000) })
  const more = moreOf(history)
  return (
    <Loaded query={history} lines={8}>
      {({ pages }) => {
        const events = pages.flatMap(({ items }) => items)
        if (events.length === 0 && day) return <NothingFound />
        if (events.length === 0)
          return (
            <Empty icon="clock" title={say(TEXTS.none, { sku })}>
              {say(TEXTS.none_how)}
            </Empty>
          )
        return (
          <>
            <ol className="events" aria-label={say(TEXTS.list)}>
              {events.map((event) => (
                <EventLine key={event.event_id} event={event} />
              ))}
            </ol>
            {more && (
              <Button onPress={more} isPending={history.isFetchingNextPage}>
                {say(COMMON.more)}
              </Button>
            )}
          </>
        )
      }}
    </Loaded>
  )
}
