/**
 * Reports write the name of a group once, in front of its first row: `2022 | Januar`, ` | Februar`. The name holds for the rows
 * below it, up to the next one.
 */
import type { Cell, Row } from '../../lib/spreadsheet/cells.ts'
import { cellKind } from './cell-kind.ts'
import type { FoundTable } from './table.ts'

/** More filled cells than this are no groups, but names of which some are missing. */
const MOST_FILLED = 0.6

/** By column and row, the cell that holds there. Only of columns on the left, each with names beside its blanks. */
export function groupsGivenOnce(
  { columns, body }: FoundTable,
  cellAt: (row: Row, column: number) => Cell | undefined,
): Map<number, Map<Row, Cell>> {
  const found = new Map<number, Map<Row, Cell>>()
  for (const [at, column] of columns.slice(0, -2).entries()) {
    const cells = body.map((row) => cellAt(row, column))
    const beside = columns[at + 1]!
    if (!areGroups(cells, body, (row) => cellAt(row, beside))) break
    const held = new Map<Row, Cell>()
    let last = cells[0]!
    for (const [row, cell] of cells.entries()) held.set(body[row]!, (last = cell ?? last))
    found.set(column, held)
  }
  return found
}

function areGroups(cells: (Cell | undefined)[], body: Row[], beside: (row: Row) => Cell | undefined): boolean {
  const filled = cells.filter((cell) => cell !== undefined)
  if (!cells[0] || filled.length < 2 || filled.length > cells.length * MOST_FILLED) return false
  const isName = (cell: Cell | undefined) => ['text', 'year', 'date'].includes(cellKind(cell))
  const names = new Set(filled.map(({ value }) => value))
  return (
    filled.every((cell) => ['text', 'year'].includes(cellKind(cell))) &&
    names.size === filled.length &&
    cells.every((cell, at) => cell !== undefined || isName(beside(body[at]!)))
  )
}
