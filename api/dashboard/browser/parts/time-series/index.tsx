/** Values over time, drawn by uPlot on a canvas in the theme's colours. A table with the same values is there for screen readers. */
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import { numberIn } from '../../../../../lib/texts.ts'
import { useLocale, useSay } from '../../languages.ts'
import { exactTime } from '../time.tsx'
import { TEXTS } from './texts.ts'

export interface Series {
  name: string
  /** A token of the theme: `accent`, `bad`. */
  colour: string
  /** For what is no measurement: a target. */
  isDashed?: true
  values: ReadonlyArray<number | null>
}

interface Props {
  label: string
  /** ISO 8601, oldest first. */
  times: readonly string[]
  series: readonly Series[]
  unit: string
  /** Names the day of each time, where there are several. */
  withDay?: boolean
  /** Of the values; else from 0 to above the greatest. */
  range?: readonly [least: number, most: number] | undefined
}

const HEIGHT = 220
/** Between marks of the time, which are named to the minute. */
const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 43_200].map((minutes) => minutes * 60)

export function TimeSeries({ label, times, series, unit, withDay = false, range }: Props) {
  const say = useSay()
  const locale = useLocale()
  const box = useRef<HTMLDivElement>(null)

  useEffect(() => {
    const element = box.current!
    const plot = (): uPlot => {
      const axis = {
        stroke: colourOf(element, 'muted'),
        grid: { stroke: colourOf(element, 'line'), width: 1 },
        ticks: { show: false },
      }
      return new uPlot(
        {
          width: element.clientWidth,
          height: HEIGHT,
          // The last time on the axis is as wide as half of it.
          padding: [null, withDay ? 56 : 32, null, null],
          scales: { y: { range: (_plot, _least, most) => (range ? [...range] : [0, Math.max(1, most * 1.1)]) } },
          axes: [
            {
              ...axis,
              incrs: STEPS_S,
              space: withDay ? 110 : 80,
              values: (_plot, ticks) => ticks.map((at) => clockIn(at, locale, withDay)),
            },
            {
              ...axis,
              size: 64,
              values: (_plot, ticks) =>
                ticks.map((value) => `${numberIn(value, locale, ticks.at(-1)! < 1 ? 2 : 1)} ${unit}`),
            },
          ],
          series: [
            { label: say(TEXTS.at), value: (_plot, at) => (at === null ? '—' : clockIn(at, locale, true)) },
            ...series.map(({ name, colour, isDashed, values }) => ({
              label: name,
              stroke: colourOf(element, colour),
              width: isDashed ? 1 : 2,
              ...(isDashed && { dash: [4, 4] }),
              // One value has no line.
              points: { show: values.some((value, place) => isAlone(values, value, place)) && !isDashed, size: 5 },
              spanGaps: false,
              value: (_plot: uPlot, value: number | null) =>
                value === null ? '—' : `${numberIn(value, locale, value < 1 ? 2 : 1)} ${unit}`,
            })),
          ],
        },
        [times.map((at) => Date.parse(at) / 1000), ...series.map(({ values }) => [...values])] as uPlot.AlignedData,
        element,
      )
    }
    let drawn = plot()
    const observer = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: HEIGHT }))
    observer.observe(element)
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    const redraw = () => {
      drawn.destroy()
      drawn = plot()
    }
    scheme.addEventListener('change', redraw)
    const theme = new MutationObserver(redraw)
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    return () => {
      observer.disconnect()
      theme.disconnect()
      scheme.removeEventListener('change', redraw)
      drawn.destroy()
    }
  }, [label, times, series, unit, locale, withDay, range])

  return (
    <>
      <div ref={box} className="series" aria-hidden="true" />
      {/* A table is as wide as its words, whatever it is told. */}
      <div className="hidden-text">
        <table>
          <caption>{label}</caption>
          <thead>
            <tr>
              <td />
              {series.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {times.map((at, place) => (
              <tr key={at}>
                <th scope="row">{exactTime(at, locale)}</th>
                {series.map(({ name, values }) => (
                  <td key={name}>{values[place] == null ? '—' : `${numberIn(values[place], locale, 1)} ${unit}`}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

const isAlone = (values: Series['values'], value: number | null, place: number) =>
  value !== null && (values[place - 1] ?? null) === null && (values[place + 1] ?? null) === null

/** A canvas does not know light-dark(): the computed colour of an element does. */
function colourOf(element: HTMLElement, token: string): string {
  const before = element.style.color
  element.style.color = `var(--${token})`
  const { color } = getComputedStyle(element)
  element.style.color = before
  return color
}

const clockIn = (at_s: number, locale: string, withDay: boolean) =>
  new Intl.DateTimeFormat(locale, {
    ...(withDay && { day: '2-digit', month: 'short' }),
    hour: '2-digit',
    minute: '2-digit',
  }).format(at_s * 1000)
