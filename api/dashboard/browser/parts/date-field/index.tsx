/**
 * A day, or a time of the viewer's zone, in the order of the page's language; a native input goes by the browser's. Its value is
 * a text: `2026-11-29`, or with `to="minute"` `2026-11-29T09:15`.
 */
import { parseDate, parseDateTime, type DateValue } from '@internationalized/date'
import { useRef, useState } from 'react'
import { Calendar, CalendarCell, CalendarGrid } from 'react-aria-components/Calendar'
import { DateInput, DatePicker, DateSegment } from 'react-aria-components/DatePicker'
import { FieldError } from 'react-aria-components/FieldError'
import { Label } from 'react-aria-components/Label'
import { Dialog, Heading } from 'react-aria-components/Modal'
import { Group } from 'react-aria-components/Group'
import { Popover } from 'react-aria-components/Popover'
import { Button } from 'react-aria-components/Button'
import { Text } from 'react-aria-components/Text'
import { useParameter } from '../../address.ts'
import { useSay } from '../../languages.ts'
import { Icon } from '../icon.tsx'
import { localTime } from '../local-time.ts'
import { TEXTS } from './texts.ts'

export type Granularity = 'day' | 'minute'

interface FieldProps {
  label: string
  to: Granularity
  value: string
  /** `isTyped`: else it is chosen in the calendar. */
  onChange: (value: string, isTyped: boolean) => void
  hint?: string
  problem?: string | undefined
  isRequired?: boolean
  /** A field that is marked does not keep its form from being sent again. */
  validationBehavior?: 'aria' | 'native'
  /** Beside its label, in a row of filters; it can be emptied by a button. */
  isFilter?: true
}

/** Below it a year is still being typed. */
const FIRST_YEAR = 1000

export function DateField({ label, to, value, onChange, hint, problem, isFilter, ...props }: FieldProps) {
  const say = useSay()
  const [typed, setTyped] = useState<DateValue | null>(null)
  const isOpen = useRef(false)

  function change(date: DateValue | null): void {
    const isWhole = date === null || date.year >= FIRST_YEAR
    setTyped(isWhole ? null : date)
    if (isWhole) onChange(date === null ? '' : date.toString().slice(0, LENGTHS[to]), !isOpen.current)
  }

  return (
    <DatePicker
      {...props}
      {...(problem !== undefined && { isInvalid: true })}
      className={isFilter ? 'date-filter' : 'field'}
      granularity={to}
      shouldForceLeadingZeros
      value={typed ?? dateOf(value, to)}
      onChange={change}
      onBlur={() => setTyped(null)}
      onOpenChange={(now) => void (isOpen.current = now)}
    >
      <Label className={isFilter ? 'small muted' : 'label'}>{label}</Label>
      <Group className="date-group">
        <DateInput className="date-input">
          {(segment) => <DateSegment segment={segment} className="date-segment" />}
        </DateInput>
        <span className="date-buttons">
          {isFilter && value && (
            <button
              type="button"
              className="button quiet"
              aria-label={say(TEXTS.clear, { name: label })}
              onClick={() => onChange('', false)}
            >
              <Icon name="cross" size={14} />
            </button>
          )}
          <Button className="button quiet" aria-label={say(TEXTS.open)}>
            <Icon name="calendar" size={16} />
          </Button>
        </span>
      </Group>
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-problem">{problem}</FieldError>
      <Popover className="popover">
        <Dialog className="day-dialog">
          <Calendar>
            <header className="day-head">
              <Button slot="previous" className="button quiet" aria-label={say(TEXTS.before)}>
                <Icon name="back" size={16} />
              </Button>
              <Heading className="day-month" />
              <Button slot="next" className="button quiet" aria-label={say(TEXTS.next)}>
                <Icon name="chevron" size={16} />
              </Button>
            </header>
            <CalendarGrid>{(date) => <CalendarCell date={date} className="day-cell" />}</CalendarGrid>
          </Calendar>
        </Dialog>
      </Popover>
    </DatePicker>
  )
}

/** A day is in the address as it is, a time as ISO 8601. */
export function DateFilter({ label, parameter, to }: { label: string; parameter: string; to: Granularity }) {
  const [given, choose] = useParameter(parameter)
  const at_ms = to === 'minute' ? Date.parse(given) : NaN
  const value = to === 'day' ? given : Number.isNaN(at_ms) ? '' : localTime(at_ms)
  return (
    <DateField
      label={label}
      to={to}
      value={value}
      onChange={(value, isTyped) =>
        choose(value && to === 'minute' ? new Date(value).toISOString() : value, isTyped ? 'replace' : 'push')
      }
      isFilter
    />
  )
}

const LENGTHS = { day: '2026-11-29'.length, minute: '2026-11-29T09:15'.length }

/** null for what is none. */
function dateOf(text: string, to: Granularity): DateValue | null {
  try {
    if (!text) return null
    return to === 'day' ? parseDate(text) : parseDateTime(text)
  } catch {
    return null
  }
}

/** The first moment of a day in the viewer's zone, or of the day after it, ISO 8601; undefined for what is no day. */
export function beginOf(text: string, days_later = 0): string | undefined {
  const day = dateOf(text, 'day')?.add({ days: days_later })
  return day && new Date(day.year, day.month - 1, day.day).toISOString()
}
