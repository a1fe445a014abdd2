/** The filters of a list: a text, which `/` goes to, and choices; both in the address. */
import { useEffect, useRef } from 'react'
import { Input, SearchField } from 'react-aria-components/SearchField'
import { useParameter } from '../address.ts'
import { isTyping } from '../keys.ts'
import { useSay } from '../languages.ts'
import { TEXTS } from './texts.ts'

export function FilterText() {
  const say = useSay()
  const [text, setText] = useParameter('q')
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '/' || isTyping(event.target)) return
      event.preventDefault()
      input.current?.focus()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
  return (
    <SearchField className="filter" aria-label={say(TEXTS.filter)} value={text} onChange={setText}>
      <Input ref={input} placeholder={say(TEXTS.filter)} />
      {!text && <kbd aria-hidden="true">/</kbd>}
    </SearchField>
  )
}

interface ChoicesProps {
  label: string
  /** Of the address. */
  parameter: string
  /** What an address without the parameter shows; '' unless given. */
  standard?: string
  options: ReadonlyArray<readonly [value: string, text: string]>
}

export function FilterChoices({ label, parameter, options, standard = '' }: ChoicesProps) {
  const [given, choose] = useParameter(parameter)
  const chosen = given || standard
  return (
    <div className="choices" role="group" aria-label={label}>
      {options.map(([value, text]) => (
        <button
          key={value}
          type="button"
          className="choice"
          aria-pressed={value === chosen}
          onClick={() => choose(value === standard ? '' : value)}
        >
          {text}
        </button>
      ))}
    </div>
  )
}
