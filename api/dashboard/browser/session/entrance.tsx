/** The page before the dashboard: one card in the middle. */
import type { ReactNode } from 'react'
import { LanguageChoice } from '../shell/language-choice.tsx'
import { Logo } from '../shell/logo.tsx'

export function Entrance({ title, why, children }: { title?: string; why?: string; children: ReactNode }) {
  return (
    <main className="entrance">
      <div className="entrance-card">
        <Logo />
        {title && <h1>{title}</h1>}
        {why && <p className="muted">{why}</p>}
        {children}
      </div>
      <LanguageChoice />
    </main>
  )
}
