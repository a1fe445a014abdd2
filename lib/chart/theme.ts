/** Sizes are in the units of the SVG; the PNG has twice as many pixels each way. */
export const WIDTH = 960
export const HEIGHT = 540
export const PADDING = 28
export const PNG_SCALE = 2

export const FONT = 'Inter, "DejaVu Sans", sans-serif'
export const SIZE = { title: 21, long_title: 16, subtitle: 13.5, axis: 13, label: 12.5, small: 11 }

export const INK = '#1f2933'
export const SOFT_INK = '#52606d'
export const GRID = '#e4e7eb'
export const BASELINE = '#9aa5b1'

/** Distinguishable with any colour vision, and dark enough on white. */
export const COLORS = [
  '#2563a8',
  '#e07b2e',
  '#2f9e76',
  '#a8508f',
  '#c29a1b',
  '#5b6b7b',
  '#6fb1e0',
  '#8c3b1f',
  '#8fbf4d',
  '#5b3f9e',
  '#d1495b',
  '#16697a',
]
export const OTHERS = '#b6c0cb'
export const FAINT = '#b9cfe6'
