/** The topics, and the groups that read them: how far behind, since when, and whether that gets better. The worst first. */
import { useQuery } from '@tanstack/react-query'
import { useParameter } from '../../address.ts'
import { lagSeriesQuery, readerKey, streamsQuery, type StreamTopic } from '../../data/streams.ts'
import { numberIn } from '../../../../../lib/texts.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { FilterChoices } from '../../parts/filter.tsx'
import { PageHead, Panel } from '../../parts/panel.tsx'
import { Empty, Loaded } from '../../parts/states.tsx'
import { Storm } from '../../parts/storm/index.tsx'
import { Table } from '../../parts/table.tsx'
import { ReaderPanel } from './reader.tsx'
import { TEXTS } from './texts.ts'

const PROBE_MS = 15_000
const HOURS: Record<string, number> = { '6h': 6, '24h': 24 }

export default function Streams() {
  const say = useSay()
  const { every } = useLive()
  const [span] = useParameter('span')
  const [by] = useParameter('by')
  const hours = HOURS[span] ?? 1
  const streams = useQuery({ ...streamsQuery, refetchInterval: every(5000) })
  const series = useQuery({ ...lagSeriesQuery(hours), refetchInterval: every(PROBE_MS * hours) })
  return (
    <>
      <PageHead title={say(TEXTS.title)} />
      <Storm source="events" />
      <Storm source="people" />
      <div className="filters">
        <FilterChoices
          label={say(TEXTS.by)}
          parameter="by"
          options={[
            ['', say(TEXTS.by_messages)],
            ['time', say(TEXTS.by_time)],
          ]}
        />
        <FilterChoices
          label={say(TEXTS.span)}
          parameter="span"
          options={[
            ['', say(TEXTS.hour)],
            ['6h', say(TEXTS.hours_6)],
            ['24h', say(TEXTS.day)],
          ]}
        />
      </div>
      <Loaded query={streams} lines={12}>
        {({ groups, topics }) => (
          <div className="stack">
            {groups.map((reader) => (
              <ReaderPanel
                key={readerKey(reader)}
                reader={reader}
                series={series.data?.[readerKey(reader)]}
                shows={by === 'time' ? 'time' : 'messages'}
                withDay={span === '24h'}
              />
            ))}
            <Topics topics={topics} />
          </div>
        )}
      </Loaded>
    </>
  )
}

function Topics({ topics }: { topics: StreamTopic[] }) {
  const say = useSay()
  const locale = useLocale()
  return (
    <Panel title={say(TEXTS.topics)} flush>
      {topics.length === 0 ? (
        <Empty icon="flow" title={say(TEXTS.none)}>
          {say(TEXTS.none_how)}
        </Empty>
      ) : (
        <Table
          label={say(TEXTS.topics)}
          rows={topics}
          id={({ topic }) => topic}
          columns={[
            { title: say(TEXTS.topic), look: 'wide', cell: ({ topic }) => <code>{topic}</code> },
            { title: say(TEXTS.kept), look: 'number', cell: ({ messages }) => numberIn(messages, locale) },
            { title: say(TEXTS.partitions), look: 'number', can_wait: true, cell: ({ partitions }) => partitions },
            { title: say(TEXTS.groups), cell: ({ groups }) => (groups.length === 0 ? '—' : groups.join(', ')) },
          ]}
        />
      )}
    </Panel>
  )
}
