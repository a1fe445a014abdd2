/** Results of actions, shown at the edge of the page for some seconds; F6 moves the focus there. */
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

const queue = new ToastQueue<string>({ maxVisibleToasts: 3 })

const SHOWN_MS = 6000

export const tell = (text: string): void => void queue.add(text, { timeout: SHOWN_MS })

export function Toasts() {
  const say = useSay()
  return (
    <ToastRegion queue={queue} className="toasts" aria-label={say(TEXTS.notices)}>
      {({ toast }) => (
        <Toast toast={toast} className="toast">
          <ToastContent className="toast-content">
            <Icon name="check" size={16} />
            <Text slot="title">{toast.content}</Text>
          </ToastContent>
          <Button slot="close" className="button quiet" aria-label={say(TEXTS.close)}>
            <Icon name="cross" size={16} />
          </Button>
        </Toast>
      )}
    </ToastRegion>
  )
}
