/** The settings in force: the variables of each program, and what the file of alert rules changes. */
import type { Sql } from 'postgres'
import { readRuleChanges, type RuleChange } from '../../db/alerts/settings.ts'
import { readSettings, type ProgramName } from '../../db/monitoring/programs.ts'
import type { SettingSource } from '../../lib/settings.ts'
import { textIn, type Locale } from '../../lib/texts.ts'
import { settingText } from './setting-texts.ts'

export interface SettingInForce {
  name: string
  value: string | null
  is_secret: boolean
  source: SettingSource | 'rules_file'
  /** Those that have it so. */
  programs: ProgramName[]
  description: string | null
}

/** By name; a variable that programs have in different ways once for each. */
export async function readSettingsInForce(sql: Sql, locale: Locale): Promise<SettingInForce[]> {
  const [programs, changes] = await Promise.all([readSettings(sql), readRuleChanges(sql)])
  const found = new Map<string, SettingInForce>()
  for (const { program, settings } of programs)
    for (const setting of settings) {
      const text = settingText(setting.name)
      if (!text) continue
      const key = JSON.stringify([setting.name, setting.value, setting.source])
      const known = found.get(key) ?? { ...setting, programs: [], description: textIn(text, locale) }
      if (!known.programs.includes(program)) known.programs.push(program)
      found.set(key, known)
    }
  return [...found.values(), ...changes.flatMap(ruleSettings)].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** An entry of the file: for these rules and subjects these values. */
function ruleSettings({ rules, subjects, set }: RuleChange): SettingInForce[] {
  const of = `${rules?.join(', ') ?? '*'}${subjects ? ` (${subjects.join(', ')})` : ''}`
  return Object.entries(set).map(([name, value]) => ({
    name: `${of}: ${name}`,
    value: typeof value === 'string' ? value : JSON.stringify(value),
    is_secret: false,
    source: 'rules_file',
    programs: [],
    description: null,
  }))
}
