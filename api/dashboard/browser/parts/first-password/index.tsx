/** A password that is chosen for somebody else: shown, since it has to be told, and changed at the next sign-in. */
import { useSay } from '../../languages.ts'
import { Button } from '../button.tsx'
import { Field } from '../field.tsx'
import { TEXTS } from './texts.ts'

interface Props {
  value: string
  onChange: (value: string) => void
}

export function FirstPassword({ value, onChange }: Props) {
  const say = useSay()
  return (
    <div className="first-password">
      <Field
        label={say(TEXTS.label)}
        hint={say(TEXTS.hint)}
        value={value}
        onChange={onChange}
        autoComplete="off"
        spellCheck="false"
        minLength={12}
        isRequired
      />
      <Button onPress={() => onChange(suggestion())}>{say(TEXTS.suggest)}</Button>
    </div>
  )
}

/** Without letters and digits that look alike. 32 of them: no character is likelier than another. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789'
const LENGTH = 20

/** A hundred bits, in groups that can be read out. */
function suggestion(): string {
  const letters = [...crypto.getRandomValues(new Uint8Array(LENGTH))].map((byte) => LETTERS[byte % LETTERS.length]!)
  return letters.join('').replaceAll(/(.{5})(?=.)/g, '$1-')
}
