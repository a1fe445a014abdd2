import type { Letter } from '../../data/dead-letters.ts'

export type Change = Letter['changes'][number]

/** Field by field: what it was, and what it is. */
export function Changes({ of }: { of: Change[] }) {
  return (
    <ul className="letter-changes">
      {of.map(({ field, before, after }) => (
        <li key={field}>
          <code>{field}</code> <del>{String(before)}</del> → <ins>{String(after)}</ins>
        </li>
      ))}
    </ul>
  )
}
