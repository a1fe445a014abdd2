/** Ctrl-K: a field that goes to any page and any job, to the form that starts a job, and to a message by its id. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Autocomplete, useFilter } from 'react-aria-components/Autocomplete'
import { Dialog, Modal, ModalOverlay } from 'react-aria-components/Modal'
import { Menu, MenuItem } from 'react-aria-components/Menu'
import { Input, SearchField } from 'react-aria-components/SearchField'
import { useLocation } from 'wouter'
import { jobsQuery } from '../../data/jobs.ts'
import { messagePath } from '../../data/orders.ts'
import { useSay } from '../../languages.ts'
import { useKeys } from '../../keys.ts'
import { useLive } from '../../live.tsx'
import { PAGES } from '../../navigation.ts'
import { Icon, type IconName } from '../../parts/icon.tsx'
import { isOffered, suffices, useMe } from '../../session/me.ts'
import { KeysHelp } from './keys-help.tsx'
import { TEXTS } from './texts.ts'

interface Target {
  path: string
  text: string
  kind: string
  icon: IconName
}

/** `isHidden`: by keys alone, without its button. */
export function Palette({ isHidden }: { isHidden?: true }) {
  const say = useSay()
  const { isPaused, setPaused } = useLive()
  const [shown, show] = useState<'palette' | 'keys' | null>(null)
  useKeys({ palette: () => show('palette'), keys: () => show('keys'), pause: () => setPaused(!isPaused) })
  const close = () => show(null)
  return (
    <>
      {!isHidden && (
        <button type="button" className="search-button" onClick={() => show('palette')}>
          <Icon name="search" size={16} />
          <span>{say(TEXTS.open)}</span>
          <kbd aria-hidden="true">Ctrl K</kbd>
        </button>
      )}
      <ModalOverlay
        className="veil high"
        isDismissable
        isOpen={shown !== null}
        onOpenChange={(isOpen) => {
          if (!isOpen) close()
        }}
      >
        <Modal className="dialog">{shown === 'keys' ? <KeysHelp /> : <Search close={close} />}</Modal>
      </ModalOverlay>
    </>
  )
}

function Search({ close }: { close: () => void }) {
  const say = useSay()
  const [, go] = useLocation()
  const { contains } = useFilter({ sensitivity: 'base' })
  const [text, setText] = useState('')
  const targets = [...useTargets(), ...useMessage(text)]
  return (
    <Dialog className="palette" aria-label={say(TEXTS.title)}>
      <Autocomplete filter={contains} inputValue={text} onInputChange={setText}>
        <SearchField className="palette-field" aria-label={say(TEXTS.title)} autoFocus>
          <Icon name="search" />
          <Input placeholder={say(TEXTS.search)} />
        </SearchField>
        <Menu
          className="menu palette-list"
          items={targets}
          aria-label={say(TEXTS.title)}
          onAction={(path) => {
            close()
            go(String(path))
          }}
          renderEmptyState={() => <p className="panel-note muted">{say(TEXTS.nothing)}</p>}
        >
          {({ path, text, kind, icon }) => (
            <MenuItem id={path} textValue={text} className="menu-item">
              <Icon name={icon} />
              <span className="palette-text">{text}</span>
              <span className="small muted">{kind}</span>
            </MenuItem>
          )}
        </Menu>
      </Autocomplete>
    </Dialog>
  )
}

/** Of an order's message, by its whole id. */
function useMessage(typed: string): Target[] {
  const say = useSay()
  const id = typed.trim().toLowerCase()
  if (!UUID.test(id)) return []
  // As it was typed: the list is filtered by that.
  return [{ path: messagePath(id), text: typed, kind: say(TEXTS.message), icon: 'flow' }]
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function useTargets(): Target[] {
  const say = useSay()
  const me = useMe()
  const mayStart = suffices(me.role, 'operator')
  const jobs = useQuery(jobsQuery).data?.items ?? []
  const startable = mayStart ? jobs.filter(({ gone_at }) => gone_at === null) : []
  return [
    ...PAGES.filter((page) => !page.path.includes(':') && page.frame !== 'open' && isOffered(me, page)).map(
      ({ path, title, icon = 'chevron' }): Target => ({
        path,
        text: say(title),
        kind: say(TEXTS.page),
        icon,
      }),
    ),
    ...jobs.map(({ name }): Target => ({ path: `/jobs/${name}`, text: name, kind: say(TEXTS.job), icon: 'clock' })),
    ...startable.map(({ name }): Target => ({
      path: `/jobs/${name}?start=now`,
      text: say(TEXTS.start, { job: name }),
      kind: say(TEXTS.action),
      icon: 'play',
    })),
  ]
}
