import { ABROAD } from './abroad.ts'
import { AGGREGATION } from './aggregation.ts'
import type { Case } from './case.ts'
import { COMPANIES } from './companies.ts'
import { CODES } from './codes.ts'
import { EXPORTS } from './exports.ts'
import { FORMULAS_AND_LAYOUTS } from './formulas-and-layouts.ts'
import { HEADERS } from './headers.ts'
import { HOURS } from './hours.ts'
import { MONEY_AND_HIDDEN } from './money-and-hidden.ts'
import { OFFICES } from './offices.ts'
import { ORDERS } from './orders.ts'
import { SERIES } from './series.ts'
import { TOTALS_AND_SECTIONS } from './totals-and-sections.ts'
import { ORDINARY, UNSEEN } from './unseen.ts'
import { TABLES } from './tables.ts'
import { TRADES } from './trades.ts'
import { VARIANTS } from './variants.ts'
import { WORDS_ACROSS } from './words-across.ts'
import { WORDS_IN_VALUES } from './words-in-values.ts'

export const CASES: Case[] = [
  ...ABROAD,
  ...WORDS_IN_VALUES,
  ...WORDS_ACROSS,
  ...SERIES,
  ...CODES,
  ...ORDERS,
  ...HEADERS,
  ...MONEY_AND_HIDDEN,
  ...TOTALS_AND_SECTIONS,
  ...AGGREGATION,
  ...FORMULAS_AND_LAYOUTS,
  ...UNSEEN,
  ...ORDINARY,
  ...COMPANIES,
  ...TRADES,
  ...OFFICES,
  ...TABLES,
  ...HOURS,
  ...VARIANTS,
  ...EXPORTS,
]
