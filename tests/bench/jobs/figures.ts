import type { Figure } from '../main.ts'

export const quantile = (values: number[], q: number) =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * q)]!

export const row = (figure: string, value: number, unit: string, target: string, work: string): Figure => ({
  figure,
  value: Math.round(value * 100) / 100,
  unit,
  target,
  work,
})
