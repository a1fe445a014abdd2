/** Makes what an archive holds and a migrated database lacks: what people made there. */
import type { ISql } from 'postgres'
import { AppError, sentenceOf } from '../../../lib/errors.ts'
import { joined, type Translated } from '../../../lib/texts.ts'
import type { Column, Definition } from '../format.ts'
import { quoted } from '../names.ts'
import { readDefinitions } from './read-definitions.ts'

const titleOf = ({ kind, name }: Definition) => `${kind} ${name}`

/** Those of `definitions` that the database lacks, and of tables that it has those columns. */
export async function lackingDefinitions(tx: ISql, definitions: Definition[]): Promise<Definition[]> {
  const here = new Map((await readDefinitions(tx)).definitions.map((found) => [titleOf(found), found]))
  return definitions.flatMap((definition) => {
    const found = here.get(titleOf(definition))
    if (!found) return [definition]
    const names = new Set(found.columns?.map(({ name }) => name))
    const lacking = definition.columns?.filter(({ name }) => !names.has(name)) ?? []
    return lacking.map((column) => ({
      kind: COLUMN,
      name: `${definition.name}.${column.name}`,
      statements: [`alter table ${definition.name} add column ${columnText(column)}`],
      after_rows: false,
    }))
  })
}

/** Of people's own on a table that is not. */
const COLUMN = 'column'

/** Throws AppError backup_refused with the first that the server refuses. */
export async function createDefinitions(tx: ISql, definitions: Definition[]): Promise<void> {
  await tx`set local check_function_bodies = off`
  for (const definition of definitions)
    for (const statement of statementsOf(definition))
      // One statement and no more, whatever the archive says.
      await tx.unsafe(statement, [], { simple: false } as object).catch((cause: unknown) => {
        throw refused(definition, cause)
      })
}

/** Throws AppError backup_refused when one of `definitions` is not in the database as it was in the archive. */
export async function compareDefinitions(tx: ISql, definitions: Definition[], same_server: boolean): Promise<void> {
  const here = new Map((await readDefinitions(tx)).definitions.map((found) => [titleOf(found), found]))
  for (const definition of definitions) {
    // Its rows have been compared.
    if (definition.kind === COLUMN) continue
    const found = here.get(titleOf(definition))
    // Other versions of PostgreSQL have other words for the same.
    const same = found && (!same_server || Bun.deepEquals(statementsOf(found), statementsOf(definition)))
    if (!same) throw refused(definition, new AppError('invalid', 'backup_refused', found ? CHANGED : LOST))
  }
}

export const statementsOf = ({ statements, columns, options }: Definition): string[] =>
  columns
    ? [`${statements[0]} (${columns.map(columnText).join(', ')})${options ?? ''}`, ...statements.slice(1)]
    : statements

export function columnText({ name, type, not_null, generated, identity }: Column): string {
  const constraint = not_null ? `constraint ${quoted(not_null)}` : null
  return [quoted(name), type, generated, identity, constraint, not_null === null ? null : 'not null']
    .filter(Boolean)
    .join(' ')
}

function refused({ kind, name }: Definition, cause: unknown): AppError {
  const why = sentenceOf(cause)
  const detail = {
    en: `The ${kind} ${name} of the archive cannot be made here: ${why.en}.`,
    pt: `${name} (${kind}) do arquivo não pode ser criado aqui: ${why.pt}.`,
  }
  const advice = {
    en: 'Install it on the server, or restore to one that has it.',
    pt: 'Instale-a no servidor, ou restaure em um que a tenha.',
  }
  const all = kind === 'extension' ? joined([detail, advice], ' ') : detail
  return new AppError('invalid', 'backup_refused', all, { cause })
}

const CHANGED: Translated = { en: 'it came back with another definition', pt: 'voltou com outra definição' }
const LOST: Translated = { en: 'it did not come back', pt: 'não voltou' }
