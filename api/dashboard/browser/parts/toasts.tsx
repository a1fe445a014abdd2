/** Results of actions, shown at the edge of the page for some seconds, with what takes them back where that is possible; F6 moves the focus there. */
import { Button } from 'react-aria-components/Button'
import {
  Text,
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from 'react-aria-components'
import { useSay } from '../languages.ts'
import { Icon } from './icon.tsx'
import { TEXTS } from './texts.ts'

interface Told {
  text: string
  undo: (() => Promise<unknown>) | null
  isBad: boolean
}

const queue = new ToastQueue<Told>({ maxVisibleToasts: 3 })

const SHOWN_MS = 6000
/** Somebody has to read, and to decide. */
const UNDO_MS = 15_000

/** `undo`: takes the action back, and tells of it itself. */
export const tell = (text: string, undo: Told['undo'] = null): void =>
  void queue.add({ text, undo, isBad: false }, { timeout: undo ? UNDO_MS : SHOWN_MS })

export const tellFailure = (text: string): void =>
  void queue.add({ text, undo: null, isBad: true }, { timeout: UNDO_MS })

export function Toasts() {
  const say = useSay()
  return (
    <ToastRegion queue={queue} className="toasts" aria-label={say(TEXTS.notices)}>
      {({ toast }) => {
        const { text, undo, isBad } = toast.content
        return (
          <Toast toast={toast} className={isBad ? 'toast bad' : 'toast'}>
            <ToastContent className="toast-content">
              <Icon name={isBad ? 'warning' : 'check'} size={16} />
              <Text slot="title">{text}</Text>
            </ToastContent>
            {undo && (
              <Button
                className="button"
                onPress={() => {
                  queue.close(toast.key)
                  undo().catch((thrown: unknown) =>
                    tellFailure(thrown instanceof Error && thrown.message ? thrown.message : say(TEXTS.offline_action)),
                  )
                }}
              >
                {say(TEXTS.undo)}
              </Button>
            )}
            <Button slot="close" className="button quiet" aria-label={say(TEXTS.close)}>
              <Icon name="cross" size={16} />
            </Button>
          </Toast>
        )
      }}
    </ToastRegion>
  )
}
