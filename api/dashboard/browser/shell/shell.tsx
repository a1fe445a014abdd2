/** The frame of a page: menu, search, live state, open alerts, user. */
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link, useLocation, useRoute } from 'wouter'
import { alertsQuery, countOf, NEEDS_PERSON } from '../data/alerts.ts'
import { useSay } from '../languages.ts'
import { useLive } from '../live.tsx'
import { PAGES, type Page } from '../navigation.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { isOffered, useMe } from '../session/me.ts'
import { LiveState } from './live-state.tsx'
import { Logo } from './logo.tsx'
import { Palette } from './palette/index.tsx'
import { TEXTS } from './texts.ts'
import { UserMenu } from './user-menu.tsx'

export function Shell({ children }: { children: ReactNode }) {
  const say = useSay()
  const me = useMe()
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {say(TEXTS.skip)}
      </a>
      <header className="top">
        <Link href="/" className="top-logo">
          <Logo />
        </Link>
        <Palette />
        <LiveState />
        <AlertBell />
        <UserMenu />
      </header>
      <nav className="side" aria-label={say(TEXTS.menu)}>
        {PAGES.map(
          (page) => page.icon && isOffered(me, page) && <MenuItem key={page.path} page={page} icon={page.icon} />,
        )}
        <a className="side-item side-docs" href="/docs">
          <Icon name="book" />
          <span>{say(TEXTS.api)}</span>
        </a>
      </nav>
      <main id="content" className="content" tabIndex={-1}>
        {children}
      </main>
    </div>
  )
}

function MenuItem({ page: { path, title }, icon }: { page: Page; icon: IconName }) {
  const say = useSay()
  const [isBelow] = useRoute(path === '/' ? '/' : `${path}/*?`)
  const [here] = useLocation()
  const isHere = isBelow || PAGES.some((page) => page.within === path && here.startsWith(rootOf(page.path)))
  return (
    <Link href={path} className="side-item" aria-current={isHere ? 'page' : undefined}>
      <Icon name={icon} />
      <span>{say(title)}</span>
    </Link>
  )
}

/** `/runs/:id` → `/runs/`; `/runs` as it is. */
const rootOf = (path: string) => (path.includes(':') ? path.slice(0, path.indexOf(':')) : path)

function AlertBell() {
  const say = useSay()
  const { whenTold } = useLive()
  const { data } = useQuery({ ...alertsQuery(NEEDS_PERSON), refetchInterval: whenTold() })
  const count = data?.items.length ?? 0
  const label = say(TEXTS.open_alerts, { count })
  return (
    <Link href="/alerts" className={count > 0 ? 'bell ringing' : 'bell'} aria-label={label} title={label}>
      <Icon name="bell" />
      <span className="bell-count">{data ? countOf(data) : 0}</span>
    </Link>
  )
}
