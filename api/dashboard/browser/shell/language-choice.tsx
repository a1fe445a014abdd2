import { useContext } from 'react'
import { LanguageSwitchContext, useLocale } from '../languages.ts'

/** Each language under its own name, so that whoever is in the wrong one finds the way. */
export function LanguageChoice() {
  const locale = useLocale()
  const choose = useContext(LanguageSwitchContext)
  return (
    <div className="choices">
      {(['pt-BR', 'en'] as const).map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          className="choice"
          aria-pressed={one === locale}
          onClick={() => choose(one)}
        >
          {one === 'en' ? 'English' : 'Português'}
        </button>
      ))}
    </div>
  )
}
