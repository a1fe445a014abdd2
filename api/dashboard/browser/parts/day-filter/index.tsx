/** Filters a list by one day of the viewer's zone, which is in the address as `day=2026-11-29`. */
import { parseDate, type CalendarDate } from '@internationalized/date'
import { Calendar, CalendarCell, CalendarGrid } from 'react-aria-components/Calendar'
import { DateInput, DatePicker, DateSegment } from 'react-aria-components/DatePicker'
import { Label } from 'react-aria-components/Label'
import { Dialog, Heading } from 'react-aria-components/Modal'
import { Group } from 'react-aria-components/Group'
import { Popover } from 'react-aria-components/Popover'
import { Button } from 'react-aria-components/Button'
import { useParameter } from '../../address.ts'
import { useSay } from '../../languages.ts'
import { Icon } from '../icon.tsx'
import { TEXTS } from './texts.ts'

export function DayFilter({ label }: { label: string }) {
  const say = useSay()
  const [day, choose] = useParameter('day')
  return (
    <DatePicker className="day-filter" value={dayOf(day)} onChange={(chosen) => choose(chosen?.toString() ?? '')}>
      <Label className="muted">{label}</Label>
      <Group className="day-group">
        <DateInput className="day-input">
          {(segment) => <DateSegment segment={segment} className="day-segment" />}
        </DateInput>
        <Button className="button quiet" aria-label={say(TEXTS.open)}>
          <Icon name="calendar" size={16} />
        </Button>
      </Group>
      {day && (
        <button type="button" className="button quiet" onClick={() => choose('')}>
          {say(TEXTS.clear)}
        </button>
      )}
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

/** null for what is no day. */
function dayOf(text: string): CalendarDate | null {
  try {
    return text ? parseDate(text) : null
  } catch {
    return null
  }
}

/** From its first moment to the first of the next, ISO 8601; undefined for what is no day. */
export function timesOf(text: string): { from: string; to: string } | undefined {
  const day = dayOf(text)
  if (!day) return undefined
  const start = (date: CalendarDate) => new Date(date.year, date.month - 1, date.day).toISOString()
  return { from: start(day), to: start(day.add({ days: 1 })) }
}
