import { useContext } from 'react'
import { LanguageSwitchContext, useLocale, useSay } from '../languages.ts'
import { TEXTS } from './texts.ts'

/** Each language under its own name, so that whoever is in the wrong one finds the way. */
export function LanguageChoice() {
  const say = useSay()
  const locale = useLocale()
  const choose = useContext(LanguageSwitchContext)
  return (
    <div className="choices" role="group" aria-label={say(TEXTS.language)}>
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
