/** Stand in place of data: loading, empty, failed, forbidden, offline. */
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { isOffline, Problem } from '../api/client.ts'
import { useSay } from '../languages.ts'
import { Button } from './button.tsx'
import { Icon, type IconName } from './icon.tsx'
import { TEXTS } from './texts.ts'
import { Said } from './said.tsx'

/** Grey lines in the shape of what comes, shown only after a moment (design/parts.css). */
export function Loading({ lines = 4 }: { lines?: number }) {
  const say = useSay()
  return (
    <div className="loading" role="status">
      <span className="hidden-text">{say(TEXTS.loading)}</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className="loading-line" />
      ))}
    </div>
  )
}

/** `children`: what to do next. */
export function Empty({ icon = 'check', title, children }: { icon?: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="notice">
      <Icon name={icon} size={28} />
      <p className="notice-title">{title}</p>
      {children && <div className="muted">{children}</div>}
    </div>
  )
}

/** Of a list whose address filters too much. */
export function NothingFound() {
  const say = useSay()
  return (
    <Empty icon="unknown" title={say(TEXTS.nothing_found)}>
      <Link href={location.pathname}>{say(TEXTS.clear_filter)}</Link>
    </Empty>
  )
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const say = useSay()
  const problem = error instanceof Problem ? error : null
  if (problem?.status === 403) return <Empty icon="key" title={say(TEXTS.forbidden)} children={problem.message} />
  if (problem?.status === 404) return <Empty icon="unknown" title={say(TEXTS.missing)} children={problem.message} />
  if (problem?.code === 'validation_failed') return <BadAddress problem={problem} />
  return (
    <div className="notice" role="alert">
      <Icon name="warning" size={28} />
      <p className="notice-title">{say(isOffline(error) ? TEXTS.offline : TEXTS.failed)}</p>
      {problem?.message && <p className="muted">{problem.message}</p>}
      {retry && (
        <Button icon="retry" onPress={retry}>
          {say(TEXTS.try_again)}
        </Button>
      )}
    </div>
  )
}

/** A page asks for what its address says: it was mistyped, cut short or is of another version. Asking again changes nothing. */
function BadAddress({ problem }: { problem: Problem }) {
  const say = useSay()
  return (
    <Empty icon="unknown" title={say(TEXTS.bad_address)}>
      <Mistakes of={problem} />
      {location.search && <Link href={location.pathname}>{say(TEXTS.clear_filter)}</Link>}
    </Empty>
  )
}

interface Asked<T> {
  data: T | undefined
  error: unknown
  /** Of the last try, while it is tried again. */
  failureReason: unknown
  refetch: () => unknown
}

/** The data of a query; an error shows only where there are none from before. */
export function Loaded<T>({
  query,
  lines,
  children,
}: {
  query: Asked<T>
  lines?: number
  children: (data: T) => ReactNode
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.error) return <Failed error={query.error} retry={() => void query.refetch()} />
  if (isOffline(query.failureReason)) return <Failed error={query.failureReason} />
  return <Loading {...(lines !== undefined && { lines })} />
}

/** A refused action, where it was asked for. */
export function Refusal({ error }: { error: unknown }) {
  const say = useSay()
  if (!error) return null
  const text = isOffline(error)
    ? say(TEXTS.offline_action)
    : error instanceof Error
      ? error.message || say(TEXTS.failed_action)
      : String(error)
  const mistakes = error instanceof Problem && error.code === 'validation_failed' ? error.errors : []
  return (
    <div className="refusal" role="alert">
      <Icon name="warning" size={16} />
      {error instanceof Problem && mistakes.length > 0 ? <Mistakes of={error} /> : <Said text={text} />}
    </div>
  )
}

const Mistakes = ({ of }: { of: Problem }) => (
  <ul>
    {of.errors.map(({ path, message }) => (
      <li key={`${path} ${message}`}>
        <code>{path.slice(1)}</code> <Said text={message} />
      </li>
    ))}
  </ul>
)
