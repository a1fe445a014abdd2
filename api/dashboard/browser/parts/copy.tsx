/** Copies a text, and says so. */
import { useSay } from '../languages.ts'
import { Button } from './button.tsx'
import { tell } from './toasts.tsx'
import { TEXTS } from './texts.ts'

export function CopyButton({ text, label, told }: { text: () => string; label?: string; told?: string }) {
  const say = useSay()
  return (
    <Button
      icon="copy"
      onPress={() => void copy(text()).then((done) => tell(done ? (told ?? say(TEXTS.copied)) : say(TEXTS.not_copied)))}
    >
      {label ?? say(TEXTS.copy)}
    </Button>
  )
}

/** A page that came without TLS, from another machine, has no clipboard: the old way is left. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const field = document.createElement('textarea')
    field.value = text
    field.className = 'hidden-text'
    document.body.append(field)
    field.select()
    const done = document.execCommand('copy')
    field.remove()
    return done
  }
}
