/** Pieces of the files that are written. */

/** The DAG's file, and what its owner is left to do. */
export interface Writing {
  file: string
  todo: Array<{ line: number; sentence: string }>
}

/** Notes something to be done, and returns it as a comment. */
export function todo(writing: Writing, line: number, sentence: string): string {
  writing.todo.push({ line, sentence: commentText(sentence) })
  return `// TODO ${commentText(writing.file)}:${line} ${commentText(sentence)}`
}

/** On one line, and nothing that could end a comment. */
export const commentText = (text: string) =>
  text
    .replaceAll(/[\p{Cc}\u2028\u2029]+\s*/gu, ' ')
    .replaceAll('*/', '* /')
    .trim()

export const commentLines = (text: string) =>
  text.split(/\r\n|[\r\n\u2028\u2029]/).map((line) => `//   ${line.replaceAll(/\p{Cc}/gu, ' ').trimEnd()}`)

/** A literal in single quotes. */
export const quoted = (text: string) =>
  `'${JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`)}'`
