/** The dashboard: its language, who is signed in, and the page of the address. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { Suspense, useContext, useEffect, useRef, useState, type ReactNode } from 'react'
import { I18nProvider } from 'react-aria-components/I18nProvider'
import { RouterProvider } from 'react-aria-components'
import { Link, Route, Switch, useLocation } from 'wouter'
import { isOffline } from './api/client.ts'
import {
  chosenLocale,
  keepLocale,
  LanguageSwitchContext,
  LocaleContext,
  useSay,
  type Locale,
  type Translated,
} from './languages.ts'
import { contentOf } from './load-pages.tsx'
import { PAGES, type Page } from './navigation.ts'
import { Empty, Loading } from './parts/states.tsx'
import { TEXTS as COMMON } from './parts/texts.ts'
import { PageHead } from './parts/panel.tsx'
import { Toasts } from './parts/toasts.tsx'
import { isOffered, SessionContext, suffices } from './session/me.ts'
import { ROLES } from './session/texts.ts'
import { Session } from './session/session.tsx'
import { Boundary } from './shell/boundary.tsx'
import { Shell } from './shell/shell.tsx'
import { Wall } from './shell/wall.tsx'
import { TEXTS } from './shell/texts.ts'

/** Retries while the API cannot be reached; a refusal is final. */
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (_count, error) => isOffline(error),
      retryDelay: (count) => Math.min(1000 * 2 ** count, 15_000),
      networkMode: 'always',
      staleTime: 2000,
    },
    mutations: { networkMode: 'always' },
  },
})

export function App() {
  const [locale, setLocale] = useState(chosenLocale)
  const [, go] = useLocation()
  useEffect(() => void (document.documentElement.lang = locale), [locale])

  function choose(next: Locale): void {
    keepLocale(next)
    setLocale(next)
    // The API's sentences are in the language of before.
    void queries.invalidateQueries()
  }

  return (
    <LocaleContext value={locale}>
      <LanguageSwitchContext value={choose}>
        <I18nProvider locale={locale}>
          <RouterProvider navigate={go}>
            <QueryClientProvider client={queries}>
              <Framed />
              <Toasts />
            </QueryClientProvider>
          </RouterProvider>
        </I18nProvider>
      </LanguageSwitchContext>
    </LocaleContext>
  )
}

/** The page of the address in its frame. */
function Framed() {
  const [path] = useLocation()
  const frame = PAGES.find((page) => page.path === path)?.frame
  if (frame === 'open') return <Pages />
  const Frame = frame === 'wall' ? Wall : Shell
  return (
    <Session>
      <Frame>
        <Pages />
      </Frame>
    </Session>
  )
}

const pages = PAGES.map((page) => ({ page, Content: contentOf(page) }))

function Pages() {
  const say = useSay()
  const [path] = useLocation()
  useStartAtTop(path)
  return (
    <Boundary key={path}>
      <Suspense fallback={<Loading lines={8} />}>
        <Switch>
          {pages.map(({ page, Content }) => (
            <Route key={page.path} path={page.path}>
              <Title of={page.title} />
              <IfOffered page={page}>
                <Content />
              </IfOffered>
            </Route>
          ))}
          <Route>
            <Title of={TEXTS.not_found} />
            <PageHead title={say(TEXTS.not_found)} />
            <div className="panel">
              <Empty icon="unknown" title={say(TEXTS.not_found_why, { path })}>
                <Link href="/">{say(TEXTS.to_overview)}</Link>
              </Empty>
            </div>
          </Route>
        </Switch>
      </Suspense>
    </Boundary>
  )
}

/** What it would ask for is refused, and what it offers, too. */
function IfOffered({ page, children }: { page: Page; children: ReactNode }) {
  const say = useSay()
  const me = useContext(SessionContext)
  if (!me || isOffered(me, page)) return children
  const { title, role = 'viewer', feature } = page
  return (
    <>
      <PageHead title={say(title)} />
      <div className="panel">
        {suffices(me.role, role) ? (
          <Empty icon="unknown" title={say(TEXTS.not_served)}>
            {say(TEXTS.not_served_why, { feature: feature! })}
          </Empty>
        ) : (
          <Empty icon="key" title={say(COMMON.forbidden)}>
            {say(TEXTS.needs_role, { role: say(ROLES[role]), own: say(ROLES[me.role]) })}
          </Empty>
        )}
      </div>
    </>
  )
}

/** As a browser does when it loads a page: where one reads goes to its top, and the keyboard to its content. */
function useStartAtTop(path: string): void {
  const before = useRef(path)
  useEffect(() => {
    if (before.current === path) return
    before.current = path
    scrollTo(0, 0)
    document.getElementById('content')?.focus({ preventScroll: true })
  }, [path])
}

function Title({ of }: { of: Translated }) {
  const say = useSay()
  return <title>{`${say(of)} · Doca`}</title>
}
