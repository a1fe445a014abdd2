/**
 * One dropped workbook on its way. Its states: refused here (kind, size), asking (one of its name is there), waiting for its turn, sending, lost or refused
 * on the way, and then its chart's: waiting, drawing, drawn, failed.
 */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useParameter } from '../../address.ts'
import { isOffline, type Schemas } from '../../api/client.ts'
import { upload } from '../../api/upload.ts'
import { chartNamed, chartQuery, isBeingDrawn, type Chart } from '../../data/charts.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Sent, useFileFault } from '../../parts/file-drop/index.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { Time } from '../../parts/time.tsx'
import { TEXTS } from './texts.ts'
import { inTurn } from './turns.ts'

export const TYPES = ['.xlsx', '.csv']
const SOON_MS = 1000

/** `drop`: takes it from the list. */
export function Uploading({ file, drop }: { file: File; drop: () => void }) {
  const say = useSay()
  const queries = useQueryClient()
  const fault = useFileFault(TYPES)(file)
  const [part, setPart] = useState<number | null>(null)
  const stop = useRef(new AbortController())
  const sending = useMutation({
    mutationFn: () =>
      inTurn(stop.current.signal, () =>
        upload<Schemas['UploadedWorkbook']>('/charts', file, { onProgress: setPart, signal: stop.current.signal }),
      ),
    onMutate: () => setPart(null),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['charts', 'list'] }),
  })
  const earlier = useQuery({
    queryKey: ['charts', 'named', file.name],
    queryFn: () => chartNamed(file.name),
    enabled: fault === null && sending.isIdle,
    staleTime: 0,
    gcTime: 0,
  })
  const mutate = sending.mutate
  const isNew = earlier.data === null
  useEffect(() => {
    if (isNew) mutate()
  }, [isNew, mutate])

  function leave(): void {
    stop.current.abort()
    drop()
  }

  if (fault !== null) return <Line file={file.name} leave={leave} refused={fault} />
  if (sending.isSuccess) return <Drawing id={sending.data.id} file={file.name} leave={leave} />
  if (sending.isPending)
    return (
      <Line
        file={file.name}
        leave={leave}
        leave_text={say(COMMON.cancel)}
        note={say(part === null ? TEXTS.in_turn : part < 1 ? TEXTS.sending : TEXTS.arrived)}
      >
        <Sent file={file.name} part={part ?? 0} />
      </Line>
    )
  const error = sending.error ?? earlier.error
  if (error)
    return (
      <Line
        file={file.name}
        leave={leave}
        refused={isOffline(error) ? say(TEXTS.lost) : error.message || say(COMMON.failed_action)}
      >
        <Button icon="retry" onPress={() => (sending.error ? sending.mutate() : void earlier.refetch())}>
          {say(COMMON.try_again)}
        </Button>
      </Line>
    )
  if (earlier.data)
    return (
      <Line file={file.name} leave={leave} leave_text={say(TEXTS.keep)} note={<Earlier chart={earlier.data} />}>
        <Button look="main" onPress={() => sending.mutate()}>
          {say(TEXTS.replace)}
        </Button>
      </Line>
    )
  return <Line file={file.name} leave={leave} note={say(TEXTS.in_turn)} />
}

function Earlier({ chart: { found_at } }: { chart: Chart }) {
  const say = useSay()
  return (
    <>
      {say(TEXTS.same_name)} (<Time at={found_at} />
      ). {say(TEXTS.same_name_what)}
    </>
  )
}

/** The file has arrived: what becomes of it. */
function Drawing({ id, file, leave }: { id: string; file: string; leave: () => void }) {
  const say = useSay()
  const { every } = useLive()
  const [, open] = useParameter('chart')
  const { data: chart } = useQuery({
    ...chartQuery(id),
    refetchInterval: ({ state: { data } }) => (data && !isBeingDrawn(data) ? false : every(SOON_MS)),
  })
  if (!chart || isBeingDrawn(chart))
    return (
      <Line file={file} leave={leave} note={say(TEXTS.soon)}>
        <Badge tone="info" icon="waiting">
          {say(chart?.state === 'drawing' ? TEXTS.drawing : TEXTS.waiting)}
        </Badge>
      </Line>
    )
  if (chart.state === 'failed') return <Line file={file} leave={leave} refused={chart.error ?? ''} is_sent />
  return (
    <Line file={file} leave={leave} note={say(TEXTS.is_drawn)}>
      <Badge tone="good" icon="check">
        {say(TEXTS.drawn)}
      </Badge>
      <Button onPress={() => open(id)}>{say(TEXTS.look)}</Button>
    </Line>
  )
}

interface LineProps {
  file: string
  note?: ReactNode
  /** Why it came to nothing. */
  refused?: string
  is_sent?: true
  leave: () => void
  leave_text?: string
  children?: ReactNode
}

function Line({ file, note, refused, is_sent, leave, leave_text, children }: LineProps) {
  const say = useSay()
  return (
    <li className="upload">
      <div className="upload-what" role="status">
        <span className="name">{file}</span>
        {refused === undefined ? (
          <span className="muted">{note}</span>
        ) : (
          <span className="upload-refused">
            <Badge tone="bad" icon="warning">
              {say(is_sent ? TEXTS.failed : TEXTS.not_sent)}
            </Badge>{' '}
            {refused}
          </span>
        )}
      </div>
      <div className="upload-actions">
        {children}
        <Button look="quiet" onPress={leave} aria-label={`${leave_text ?? say(COMMON.close)}: ${file}`}>
          {leave_text ?? say(COMMON.close)}
        </Button>
      </div>
    </li>
  )
}
