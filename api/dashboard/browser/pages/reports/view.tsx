/** One report in full, which the address names: its picture, figures and files. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components/Modal'
import { useParameter } from '../../address.ts'
import { reportQuery, type Report } from '../../data/reports.ts'
import { useLocale, useSay } from '../../languages.ts'
import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Loaded } from '../../parts/states.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { exactTime } from '../../parts/time.tsx'
import { Figures } from './figures.tsx'
import { NAMES, TEXTS } from './texts.ts'

export const nameOf = (name: string, say: ReturnType<typeof useSay>): string => {
  const known = NAMES[name as keyof typeof NAMES]
  return known ? say(known) : name
}

export function View() {
  const [id, show] = useParameter('report')
  return (
    <ModalOverlay
      className="veil"
      isDismissable
      isOpen={id !== ''}
      onOpenChange={(isOpen) => !isOpen && show('', 'replace')}
    >
      <Modal className="dialog report-view">
        <Dialog className="dialog-body">{id !== '' && <Shown id={id} close={() => show('', 'replace')} />}</Dialog>
      </Modal>
    </ModalOverlay>
  )
}

function Shown({ id, close }: { id: string; close: () => void }) {
  const say = useSay()
  const locale = useLocale()
  const report = useQuery(reportQuery(id))
  return (
    <div className="form">
      <div className="report-head">
        <Heading slot="title">{report.data ? nameOf(report.data.name, say) : say(TEXTS.name)}</Heading>
        <Button look="quiet" icon="cross" onPress={close} aria-label={say(COMMON.close)}>
          {null}
        </Button>
      </div>
      <Loaded query={report} lines={6}>
        {(known) => (
          <>
            <p className="muted">{exactTime(known.created_at, locale)}</p>
            <Picture report={known} />
            <Figures of={known.summary} />
            <div className="actions">
              <Files report={known} />
            </div>
          </>
        )}
      </Loaded>
    </div>
  )
}

/** A file may be gone, as where somebody has removed it by hand. */
function Picture({ report: { name, files } }: { report: Report }) {
  const say = useSay()
  const [isGone, setGone] = useState(false)
  if (isGone) return <p className="muted">{say(TEXTS.picture_gone)}</p>
  return (
    <a className="report-picture" href={files.png} target="_blank" rel="noreferrer">
      <img src={files.png} alt={say(TEXTS.picture_of, { name: nameOf(name, say) })} onError={() => setGone(true)} />
    </a>
  )
}

export function Files({ report: { name, created_at, files } }: { report: Report }) {
  const say = useSay()
  return (
    <span className="row" role="group" aria-label={say(TEXTS.files)}>
      {Object.entries(files).map(([format, path]) => (
        <a
          key={format}
          className="button"
          href={path}
          download={`${name}-${created_at.slice(0, 10)}.${format}`}
          aria-label={say(TEXTS.download, { format: format.toUpperCase() })}
        >
          <Icon name="download" size={16} />
          {format.toUpperCase()}
        </a>
      ))}
    </span>
  )
}
