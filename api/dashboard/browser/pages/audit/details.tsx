/** What an entry says beside its words: what was before and after, or facts. */
import type { ReactNode } from 'react'
import { useSay } from '../../languages.ts'
import { TEXTS } from './texts.ts'

type Values = Record<string, unknown>

const SHOWN = 3

export function Details({ of }: { of: Values }) {
  const say = useSay()
  const lines = linesOf(of, say(TEXTS.nothing))
  if (lines.length === 0) return null
  const rest = lines.slice(SHOWN)
  return (
    <div className="audit-details small">
      {lines.slice(0, SHOWN)}
      {rest.length > 0 && (
        <details>
          <summary>{say(TEXTS.more, { count: rest.length })}</summary>
          {rest}
        </details>
      )}
    </div>
  )
}

function linesOf(details: Values, nothing: string): ReactNode[] {
  const { before, after, from, to, ...facts } = details
  const changes: Array<[name: string, before: unknown, after: unknown]> = []
  if (isValues(before) && isValues(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      if (textOf(before[name]) !== textOf(after[name])) changes.push([name, before[name], after[name]])
    // Of what was made, or deleted, the whole.
  } else if (isValues(before) || isValues(after)) Object.assign(facts, before, after)
  // Of a note.
  else if (before !== undefined || after !== undefined) changes.push(['', before, after])
  const isStretch = /^\d{4}-\d\d-\d\dT/.test(textOf(from))
  // Of roles.
  if (!isStretch && (from !== undefined || to !== undefined)) changes.push(['', from, to])
  return [
    // Of a backfill: nothing that it replaced.
    ...(isStretch ? [<div key="stretch">{`${textOf(from)} – ${textOf(to)}`}</div>] : []),
    ...changes.map(([name, was, is]) => (
      <div key={`change ${name}`}>
        {name && <code>{name}</code>} <del>{textOf(was) || nothing}</del> → <ins>{textOf(is) || nothing}</ins>
      </div>
    )),
    ...Object.entries(facts)
      .filter(([, value]) => textOf(value) !== '')
      .map(([name, value]) => (
        <div key={name}>
          <code>{name}</code> {textOf(value)}
        </div>
      )),
  ]
}

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textOf = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)
