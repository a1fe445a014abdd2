import { open } from 'node:fs/promises'
import { readFields } from '../../db/dead-letters/edit.ts'
import { otherLetters, readBody, readLetter, SHOWN_BYTES, type WholeLetter } from '../../db/dead-letters/letter.ts'
import { LETTER_SOURCES } from '../../db/dead-letters/sources.ts'
import { formatTable, parseWords } from '../../lib/command-line.ts'
import { JSON_OPTION, onlyId, USAGE, type Command, type CommandContext } from './command.ts'

export const show: Command = (words) => {
  const { values, positionals } = parseWords(words, { ...JSON_OPTION, save: { type: 'string' } }, USAGE)
  const id = onlyId(positionals)
  return async (context) => {
    const letter = await readLetter(context.sql, id)
    if (values.save !== undefined) await save(context, id, values.save)
    const text = values.json ? asJson(letter) : await describe(context, letter)
    process.stdout.write(`${text}\n`)
  }
}

/** Into a file that is not there yet. */
async function save({ sql }: CommandContext, id: string, path: string): Promise<void> {
  const { body, size_bytes } = await readBody(sql, id)
  const file = await open(path, 'wx')
  try {
    for await (const piece of body) await file.write(piece)
  } finally {
    await file.close()
  }
  process.stderr.write(`${size_bytes} bytes in ${path}\n`)
}

const asJson = ({ shown, ...letter }: WholeLetter) =>
  JSON.stringify({ ...letter, body: { base64: shown.toBase64(), shown_bytes: shown.byteLength } }, null, 2)

async function describe({ sql }: CommandContext, letter: WholeLetter): Promise<string> {
  const { shown, headers, cause: _, death: __, ...facts } = letter
  const others = await otherLetters(sql, letter)
  const lines = Object.entries({ ...facts, ...fieldsOf(letter) }).filter(([, value]) => value !== null)
  return [
    lines.map(([name, value]) => `${name.padEnd(17)} ${plain(asText(value))}`).join('\n'),
    Object.entries(headers)
      .map(([name, value]) => `${plain(name)}: ${plain(value)}`)
      .join('\n'),
    bodyText(shown, letter.size_bytes),
    others.length > 0 &&
      `Other letters of this message:\n${formatTable(others.map(({ body: _, death: __, ...other }) => other))}`,
  ]
    .filter(Boolean)
    .join('\n\n')
}

/** What `edit` changes, with its values. */
function fieldsOf({ source: name, death, shown, size_bytes, state }: WholeLetter) {
  const source = LETTER_SOURCES.find((one) => one.name === name)
  const fields =
    source && state === 'dead' && size_bytes <= SHOWN_BYTES ? readFields(source, { death, body: shown }) : null
  return fields ?? {}
}

function bodyText(shown: Uint8Array, size_bytes: number): string {
  const more =
    size_bytes > shown.byteLength ? `\n… the first ${shown.byteLength} of ${size_bytes} bytes; --save FILE has all` : ''
  try {
    return plain(new TextDecoder('utf-8', { fatal: true }).decode(shown, { stream: more !== '' })) + more
  } catch {
    return `no UTF-8, in base64: ${shown.toBase64()}${more}`
  }
}

const asText = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value))

/** Characters that give orders to a terminal, or that nobody sees, by their numbers. */
const plain = (text: string): string =>
  text.replaceAll(/[^\P{C}\t\n]/gu, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`)
