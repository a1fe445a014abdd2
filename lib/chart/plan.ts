/** A chart as it is to be drawn: the renderer adds nothing to it and leaves nothing out. */

/** How fine times are. */
export type Grain = 'day' | 'week' | 'month' | 'quarter' | 'year'

export type Unit =
  | { kind: 'plain'; suffix?: string }
  | { kind: 'money'; currency: string }
  /** `fraction`: 0.125 is 12.5 %; otherwise 12.5 is. */
  | { kind: 'percent'; fraction: boolean }
  /** Written as `7:30 h`. `seconds`: below an hour as `4:32 min`. */
  | { kind: 'hours'; seconds?: true }

export interface Point {
  label: string
  /** ms, UTC, where the label is a time. */
  time?: number
}

export interface Series {
  name: string
  unit: Unit
  decimals: number | undefined
  /** One per point. */
  values: (number | null)[]
}

export interface Plan {
  shape: 'bars' | 'lines'
  points: Point[]
  series: Series[]
  /** The range around the first series, one pair per point. */
  band?: { name: string; lower: (number | null)[]; upper: (number | null)[] }
  /** The first series smoothed, where there are too many points to follow. */
  trend?: { name: string; values: (number | null)[] }
  /** The series are parts of a whole: one bar for each point. */
  stacked?: true
  /** Each line has a panel and a scale of its own. */
  panels?: true
  /** Amounts: a line through them begins at zero, as bars do. */
  from_zero?: true
  /** Labels keep their own order. */
  ordered: boolean
  /** Index of the point that sums up those not shown by themselves. */
  others?: number
  /** How fine the times are; undefined when labels are names. */
  grain?: Grain
  title: string
  subtitle: string
  label_title: string
  value_title: string
}
