/** The keys that work on every page. Single ones do nothing while somebody types, nor together with Ctrl, Alt or Meta. */
import { useEffect, useRef } from 'react'

interface Actions {
  palette: () => void
  keys: () => void
  pause: () => void
}

export function useKeys(actions: Actions): void {
  const now = useRef(actions)
  useEffect(() => void (now.current = actions))
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const action = actionOf(event)
      // A dialog has its own keys.
      if (!action || document.querySelector('[role="dialog"]')) return
      event.preventDefault()
      now.current[action]()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}

function actionOf({ key, ctrlKey, metaKey, altKey, target }: KeyboardEvent): keyof Actions | undefined {
  if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === 'k') return 'palette'
  if (ctrlKey || metaKey || altKey || isTyping(target)) return undefined
  if (key === '?') return 'keys'
  return key === 'p' ? 'pause' : undefined
}

export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
