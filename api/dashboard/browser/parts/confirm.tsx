/** A dialog that asks before an action that cannot be taken back; the title names what, and how many. */
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState, type ReactNode } from 'react'
import { Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { useSay } from '../languages.ts'
import { Button } from './button.tsx'
import { Field } from './field.tsx'
import type { IconName } from './icon.tsx'
import { Refusal } from './states.tsx'
import { TEXTS } from './texts.ts'

interface Props {
  /** On the button that opens it, and on the one that does it. */
  action: string
  /** On the button that does it, where that says something else. */
  verb?: string
  icon?: IconName
  look?: 'main' | 'grave' | 'quiet'
  isDisabled?: boolean
  /** Opens it, as when the address asks for it. */
  isAsked?: boolean
  onClose?: () => void
  title: string
  /** To be typed first, where it hurts. */
  word?: string
  /** Its words, and fields where it takes some. */
  children?: ReactNode
  /** It closes when this has ended well, unless with false; what it throws is shown. */
  run: () => Promise<unknown>
}

/** A field where there is one, else Cancel. */
function focusFirst(form: HTMLFormElement | null): void {
  form?.querySelector<HTMLElement>('input:not([hidden]), textarea, select, button')?.focus()
}

export function Confirm({
  action,
  icon,
  look,
  isDisabled = false,
  isAsked = false,
  verb = action,
  onClose,
  title,
  word,
  children,
  run,
}: Props) {
  const say = useSay()
  const [isOpen, setOpen] = useState(false)
  const [typed, type] = useState('')
  function open(now: boolean): void {
    setOpen(now)
    type('')
    if (!now) onClose?.()
  }
  useEffect(() => {
    if (isAsked) setOpen(true)
  }, [isAsked])
  const doing = useMutation({ mutationFn: run, onSuccess: (answer) => answer !== false && open(false) })
  return (
    <DialogTrigger
      isOpen={isOpen}
      onOpenChange={(now) => {
        doing.reset()
        open(now)
      }}
    >
      <Button isDisabled={isDisabled} {...(look && { look })} {...(icon && { icon })}>
        {action}
      </Button>
      <ModalOverlay className="veil" isDismissable>
        <Modal className="dialog">
          <Dialog className="dialog-body">
            <Heading slot="title">{title}</Heading>
            <form
              ref={focusFirst}
              onSubmit={(event) => {
                event.preventDefault()
                // React takes it up to a form that the dialog was opened from.
                event.stopPropagation()
                if (!doing.isPending) doing.mutate()
              }}
            >
              {children}
              {word !== undefined && (
                <Field label={say(TEXTS.type_word, { word })} value={typed} onChange={type} autoComplete="off" />
              )}
              <Refusal error={doing.error} />
              <div className="actions">
                <Button onPress={() => open(false)}>{say(TEXTS.cancel)}</Button>
                <Button
                  type="submit"
                  look={look === 'grave' ? 'grave' : 'main'}
                  isPending={doing.isPending}
                  isDisabled={word !== undefined && typed.trim().toLowerCase() !== word.toLowerCase()}
                >
                  {verb}
                </Button>
              </div>
            </form>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  )
}
