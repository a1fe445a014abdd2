/** One chart in full, which the address names: the picture, what is drawn in it, its files; or why there is none. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components/Modal'
import { numberIn } from '../../../../../lib/texts.ts'
import { useParameter } from '../../address.ts'
import { ask } from '../../api/client.ts'
import { chartQuery, factsQuery, fileOf, isBeingDrawn, type Chart, type ChartFacts } from '../../data/charts.ts'
import { useLocale, useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Facts } from '../../parts/panel.tsx'
import { Loaded } from '../../parts/states.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { tell } from '../../parts/toasts.tsx'
import { useMay } from '../../session/me.ts'
import { TEXTS } from './texts.ts'

export function View() {
  const [id, show] = useParameter('chart')
  return (
    <ModalOverlay
      className="veil"
      isDismissable
      isOpen={id !== ''}
      onOpenChange={(isOpen) => !isOpen && show('', 'replace')}
    >
      <Modal className="dialog chart-view">
        <Dialog className="dialog-body">{id !== '' && <Shown id={id} close={() => show('', 'replace')} />}</Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Shown({ id, close }: { id: string; close: () => void }) {
  const say = useSay()
  const { whenTold } = useLive()
  const chart = useQuery({ ...chartQuery(id), refetchInterval: whenTold() })
  return (
    <div className="form">
      <div className="chart-view-head">
        <Heading slot="title">{chart.data ? fileOf(chart.data) : say(TEXTS.chart)}</Heading>
        <Button look="quiet" icon="cross" onPress={close} aria-label={say(COMMON.close)}>
          {null}
        </Button>
      </div>
      <Loaded query={chart} lines={6}>
        {(known) => <Known chart={known} close={close} />}
      </Loaded>
    </div>
  )
}

function Known({ chart, close }: { chart: Chart; close: () => void }) {
  const say = useSay()
  const mayDelete = useMay('operator')
  const { id, state, error, found_at, finished_at } = chart
  const facts = useQuery({ ...factsQuery(id), enabled: state === 'drawn' })
  const rowsOf = useFactRows()
  const times = [
    [say(TEXTS.uploaded), <Time key="at" at={found_at} />],
    ...(finished_at === null ? [] : [[say(TEXTS.finished), <Time key="at" at={finished_at} />] as const]),
  ] as const
  return (
    <>
      {state === 'drawn' ? (
        <a className="chart-full" href={`/charts/${id}.png`} target="_blank" rel="noreferrer">
          <img src={`/charts/${id}.svg`} alt={facts.data?.title ?? say(TEXTS.picture_of, { file: fileOf(chart) })} />
        </a>
      ) : (
        <div className="chart-error">
          {isBeingDrawn(chart) ? (
            <Badge tone="info" icon="waiting">
              {say(TEXTS.drawing)}
            </Badge>
          ) : (
            <Badge tone="bad" icon="warning">
              {say(TEXTS.failed)}
            </Badge>
          )}
          <p>{error ?? say(TEXTS.soon)}</p>
          {error && <p className="muted">{say(TEXTS.failed_how)}</p>}
        </div>
      )}
      <Facts of={[...(facts.data ? rowsOf(facts.data) : []), ...times]} />
      <div className="actions">
        {state === 'drawn' &&
          (['png', 'svg', 'json'] as const).map((format) => (
            <a key={format} className="button" href={`/charts/${id}.${format}`} download={`${fileOf(chart)}.${format}`}>
              <Icon name="download" size={16} />
              {format.toUpperCase()}
            </a>
          ))}
        {mayDelete && !isBeingDrawn(chart) && <Delete chart={chart} close={close} />}
      </div>
    </>
  )
}

function useFactRows() {
  const say = useSay()
  const locale = useLocale()
  const list = new Intl.ListFormat(locale, { type: 'conjunction' })
  const point = ({ label, values }: ChartFacts['first']) =>
    `${label}: ${Object.values(values)
      .map((value) => (typeof value === 'number' ? numberIn(value, locale, 2) : (value ?? '—')))
      .join('; ')}`
  return (facts: ChartFacts): Array<readonly [string, string]> => [
    [say(TEXTS.sheet), facts.sheet],
    [say(TEXTS.range), facts.range],
    [say(TEXTS.label_column), facts.label_column],
    [say(TEXTS.measures), list.format(facts.measures)],
    [say(TEXTS.method), say(TEXTS[`method_${facts.method}`])],
    [say(TEXTS.rows), say(TEXTS.rows_points, { rows: facts.rows, points: facts.points })],
    ...(facts.left_out?.length ? [[say(TEXTS.left_out), list.format(facts.left_out)] as const] : []),
    [say(TEXTS.first), point(facts.first)],
    [say(TEXTS.last), point(facts.last)],
  ]
}

function Delete({ chart, close }: { chart: Chart; close: () => void }) {
  const say = useSay()
  const queries = useQueryClient()
  const file = fileOf(chart)
  return (
    <Confirm
      action={say(TEXTS.delete)}
      look="grave"
      title={say(TEXTS.delete_title, { file })}
      run={async () => {
        await ask((api) => api.DELETE('/charts/{id}', { params: { path: { id: chart.id } } }))
        close()
        await queries.invalidateQueries({ queryKey: ['charts', 'list'] })
        tell(say(TEXTS.deleted, { file }))
      }}
    >
      <p>{say(TEXTS.delete_why)}</p>
    </Confirm>
  )
}
