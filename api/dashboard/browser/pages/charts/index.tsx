/** The charts drawn of workbooks, newest first. A dropped workbook becomes a picture here, or a sentence that says why not. */
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { ask, upload, type Schemas } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { FileDrop } from '../../parts/file-drop/index.tsx'
import { PageHead } from '../../parts/panel.tsx'
import { Empty, Loaded, Refusal } from '../../parts/states.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { useMay } from '../../session/me.ts'
import { TEXTS } from './texts.ts'

type Chart = Schemas['Chart']

const PAGE = 24

export default function Charts() {
  const say = useSay()
  const { whenTold } = useLive()
  const mayUpload = useMay('operator')
  const charts = useInfiniteQuery({
    queryKey: ['charts'],
    queryFn: ({ pageParam }) =>
      ask((api) =>
        api.GET('/charts', { params: { query: { limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) } } }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    refetchInterval: whenTold(),
  })
  const sending = useMutation({
    mutationFn: (file: File) => upload<Schemas['UploadedWorkbook']>('/charts', file),
    onSuccess: () => charts.refetch(),
  })
  return (
    <>
      <PageHead title={say(TEXTS.title)} />
      <div className="stack">
        {mayUpload && (
          <FileDrop hint={say(TEXTS.hint)} types={['.xlsx', '.csv']} onFile={(file) => sending.mutate(file)} />
        )}
        {sending.isPending && <p role="status">{say(TEXTS.sending, { file: sending.variables.name })}</p>}
        <Refusal error={sending.error} />
        <Loaded query={charts} lines={8}>
          {({ pages }) => {
            const items = pages.flatMap((page) => page.items)
            if (items.length === 0)
              return (
                <Empty icon="chart" title={say(TEXTS.none)}>
                  {say(TEXTS.none_how)}
                </Empty>
              )
            return (
              <ul className="gallery">
                {items.map((chart) => (
                  <Card key={chart.id} chart={chart} />
                ))}
              </ul>
            )
          }}
        </Loaded>
        {charts.hasNextPage && (
          <div className="row">
            <Button onPress={() => void charts.fetchNextPage()}>{say(COMMON.more)}</Button>
          </div>
        )}
      </div>
    </>
  )
}

/** Without the folder of uploads. */
const fileOf = ({ source_key }: Chart) => source_key.replace(/^uploads\//, '')

function Card({ chart }: { chart: Chart }) {
  const say = useSay()
  const file = fileOf(chart)
  return (
    <li className="panel flush chart">
      <div className="chart-picture">
        {chart.finished_at === null ? (
          <span className="muted">{say(TEXTS.drawing)}</span>
        ) : chart.error === null ? (
          <a href={`/charts/${chart.id}.svg`}>
            <img src={`/charts/${chart.id}.svg`} alt={say(TEXTS.picture_of, { file })} loading="lazy" />
          </a>
        ) : (
          <div className="chart-error">
            <Badge tone="bad" icon="warning">
              {say(TEXTS.failed)}
            </Badge>
            <p>{chart.error}</p>
          </div>
        )}
      </div>
      <div className="chart-foot">
        <span className="name">{file}</span>
        <span className="muted small">
          <Time at={chart.finished_at ?? chart.found_at} />
        </span>
      </div>
    </li>
  )
}
