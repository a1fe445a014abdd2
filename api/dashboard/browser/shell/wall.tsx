/** Around a page on a screen on the wall: no menu, larger, with a clock, by which one sees that it lives. */
import { useEffect, useState, type ReactNode } from 'react'
import { Link } from 'wouter'
import { useLocale } from '../languages.ts'
import { LiveState } from './live-state.tsx'
import { Logo } from './logo.tsx'
import { Palette } from './palette/index.tsx'

export function Wall({ children }: { children: ReactNode }) {
  useEffect(() => {
    document.documentElement.classList.add('on-wall')
    return () => document.documentElement.classList.remove('on-wall')
  }, [])
  return (
    <div className="wall">
      <header className="wall-top">
        <Link href="/" className="top-logo">
          <Logo />
        </Link>
        <Palette isHidden />
        <LiveState />
        <Clock />
      </header>
      <main id="content" className="wall-content" tabIndex={-1}>
        {children}
      </main>
    </div>
  )
}

function Clock() {
  const locale = useLocale()
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 1000)
    return () => clearInterval(timer)
  }, [])
  const day = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' }).format(now)
  return (
    <time className="wall-clock" dateTime={now.toISOString()}>
      <span className="wall-day">{day}</span>
      <strong>{new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }).format(now)}</strong>
    </time>
  )
}
