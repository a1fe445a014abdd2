import { editLetter, undoEdit as undo, type Fields } from '../../db/dead-letters/edit.ts'
import { LETTER_SOURCES } from '../../db/dead-letters/sources.ts'
import { parseWords, printRows, wrongUsage } from '../../lib/command-line.ts'
import { idOf, JSON_OPTION, onlyId, USAGE, type Command } from './command.ts'

export const edit: Command = (words) => {
  const { values, positionals } = parseWords(words, JSON_OPTION, USAGE)
  const [id, ...pairs] = positionals
  if (id === undefined || pairs.length === 0) wrongUsage('Name one letter by its id, then FIELD=VALUE.', USAGE)
  const letter = idOf(id)
  const fields: Fields = Object.fromEntries(pairs.map(fieldOf))
  return async ({ sql, actor }) => {
    const copy = await editLetter(sql, LETTER_SOURCES, letter, fields, actor)
    printRows([{ copy, edited_from: letter, ...fields }], values.json)
  }
}

/** A number or true and false where it is written as in JSON and the field is no text; the source says whether it fits. */
function fieldOf(pair: string): [string, Fields[string]] {
  const [, name, text] = /^(\w+)=(.*)$/s.exec(pair) ?? wrongUsage(`${pair} is not FIELD=VALUE.`, USAGE)
  const isText = LETTER_SOURCES.some(({ editable }) => editable.properties[name!]?.type === 'string')
  return [
    name!,
    !isText && /^(-?(0|[1-9]\d{0,14})(\.\d+)?|true|false)$/.test(text!)
      ? (JSON.parse(text!) as number | boolean)
      : text!,
  ]
}

export const undoEdit: Command = (words) => {
  const { values, positionals } = parseWords(words, JSON_OPTION, USAGE)
  const id = onlyId(positionals)
  return async ({ sql, actor }) => printRows([{ restored: await undo(sql, id, actor) }], values.json)
}
