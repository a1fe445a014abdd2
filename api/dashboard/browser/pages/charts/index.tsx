/** The charts drawn of workbooks, newest first. Dropped workbooks become pictures here, or sentences that say why not. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useParameter } from '../../address.ts'
import { chartsQuery, isBeingDrawn, type ChartFilter } from '../../data/charts.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Button } from '../../parts/button.tsx'
import { FileDrop } from '../../parts/file-drop/index.tsx'
import { FilterChoices, FilterText } from '../../parts/filter.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { Empty, Loaded, NothingFound } from '../../parts/states.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { useMay } from '../../session/me.ts'
import { Card } from './card.tsx'
import { TEXTS } from './texts.ts'
import { TYPES, Uploading } from './uploading.tsx'
import { View } from './view.tsx'

/** While one is being drawn, in case the stream tells nothing. */
const SOON_MS = 2000

export default function Charts() {
  const say = useSay()
  const { every, whenTold } = useLive()
  const mayUpload = useMay('operator')
  const filter = useFilter()
  const charts = useInfiniteQuery({
    ...chartsQuery(filter),
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some(({ items }) => items.some(isBeingDrawn)) ? every(SOON_MS) : whenTold(),
  })
  const [files, setFiles] = useState<ReadonlyArray<{ id: number; file: File }>>([])
  return (
    <>
      <PageHead title={say(TEXTS.title)} />
      <div className="stack">
        {mayUpload && (
          <FileDrop
            several
            hint={say(TEXTS.hint)}
            types={TYPES}
            onFiles={(more) => setFiles((now) => [...now, ...more.map((file) => ({ id: nextId(), file }))])}
          />
        )}
        {files.length > 0 && (
          <ul className="panel flush uploads" aria-label={say(TEXTS.uploads)}>
            {files.map(({ id, file }) => (
              <Uploading key={id} file={file} drop={() => setFiles((now) => now.filter((other) => other.id !== id))} />
            ))}
          </ul>
        )}
        <div className="filters">
          <FilterText />
          <FilterChoices
            label={say(TEXTS.state)}
            parameter="state"
            options={[
              ['', say(TEXTS.any_state)],
              ['drawn', say(TEXTS.drawn)],
              ['failed', say(TEXTS.failed)],
            ]}
          />
        </div>
        <Loaded query={charts} lines={8}>
          {({ pages }) => {
            const items = pages.flatMap((page) => page.items)
            if (items.length > 0)
              return (
                <ul className="gallery">
                  {items.map((chart) => (
                    <Card key={chart.id} chart={chart} />
                  ))}
                </ul>
              )
            if (Object.keys(filter).length > 0) return <NothingFound />
            return (
              <Empty icon="chart" title={say(TEXTS.none)}>
                {say(mayUpload ? TEXTS.none_how : TEXTS.none_viewer)}
              </Empty>
            )
          }}
        </Loaded>
        {charts.hasNextPage && (
          <div className="row">
            <Button isPending={charts.isFetchingNextPage} onPress={() => void charts.fetchNextPage()}>
              {say(COMMON.more)}
            </Button>
          </div>
        )}
      </div>
      <View />
    </>
  )
}

let last_id = 0
const nextId = () => ++last_id

function useFilter(): ChartFilter {
  const [q] = useParameter('q')
  const [state] = useParameter('state')
  return { ...(q.trim() && { q: q.trim() }), ...((state === 'drawn' || state === 'failed') && { state }) }
}
