import type { ReactNode } from 'react'

/** The head of a page: its title, and what can be done there. */
export function PageHead({ title, badge, children }: { title: string; badge?: ReactNode; children?: ReactNode }) {
  return (
    <header className="page-head">
      <h1>{title}</h1>
      {badge}
      {children && <div className="page-actions">{children}</div>}
    </header>
  )
}

/** A part of a page with a title of its own. */
export function Panel({
  title,
  aside,
  children,
  flush = false,
}: {
  title: string
  aside?: ReactNode
  children: ReactNode
  flush?: boolean
}) {
  return (
    <section className={flush ? 'panel flush' : 'panel'} aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
        {aside && <div className="panel-aside">{aside}</div>}
      </div>
      {children}
    </section>
  )
}

/** Names and values; `isDense`: short ones, of which two stand side by side on a phone. */
export function Facts({
  of,
  isDense = false,
}: {
  of: ReadonlyArray<readonly [name: string, value: ReactNode]>
  isDense?: boolean
}) {
  return (
    <dl className={isDense ? 'facts dense' : 'facts'}>
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
