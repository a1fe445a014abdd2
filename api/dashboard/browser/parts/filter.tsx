/** The filters of a list: a text, which `/` goes to, and choices; both in the address. */
import { useEffect, useRef } from 'react'
import { Input, SearchField } from 'react-aria-components/SearchField'
import { useParameter } from '../address.ts'
import { isTyping } from '../keys.ts'
import { useSay } from '../languages.ts'
import { TEXTS } from './texts.ts'

interface TextProps {
  /** Of the address. */
  parameter?: string
  label?: string
}

export function FilterText({ parameter = 'q', label }: TextProps) {
  const say = useSay()
  const [text, setText] = useParameter(parameter)
  const name = label ?? say(TEXTS.filter)
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
    <SearchField className="filter" aria-label={name} value={text} onChange={(text) => setText(text, 'replace')}>
      <Input ref={input} placeholder={name} />
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
  const choices = useRef<HTMLDivElement>(null)
  // On a phone some of many are out of sight.
  useEffect(() => {
    const [field, button] = [choices.current, choices.current?.querySelector<HTMLElement>('[aria-pressed="true"]')]
    if (field && button) field.scrollLeft = button.offsetLeft - (field.clientWidth - button.clientWidth) / 2
  }, [chosen])
  return (
    <div className="choices" role="group" aria-label={label} ref={choices}>
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
