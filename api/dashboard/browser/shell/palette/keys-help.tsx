import { Dialog, Heading } from 'react-aria-components/Modal'
import { useSay } from '../../languages.ts'
import { TEXTS } from './texts.ts'

const KEYS = [
  ['Ctrl K', TEXTS.key_palette],
  ['/', TEXTS.key_filter],
  ['P', TEXTS.key_pause],
  ['?', TEXTS.key_keys],
  ['Esc', TEXTS.key_close],
] as const

export function KeysHelp() {
  const say = useSay()
  return (
    <Dialog className="dialog-body">
      <Heading slot="title">{say(TEXTS.keys_title)}</Heading>
      <dl className="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{say(what)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
