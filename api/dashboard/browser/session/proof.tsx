/**
 * Changes of accounts take a proof, at most 15 minutes old, that the person is there. `prove(action)` runs the action; where the
 * API wants a proof, it asks for a code, or without a second factor for the password, and runs the action again.
 */
import { createContext, useContext, useState, type ReactNode } from 'react'
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components/Modal'
import { ask, Problem } from '../api/client.ts'
import { useSay } from '../languages.ts'
import { Field } from '../parts/field.tsx'
import { Form } from './form.tsx'
import { useMe } from './me.ts'
import { TEXTS } from './texts.ts'

type Prove = <T>(action: () => Promise<T>) => Promise<T>

const ProofContext = createContext<Prove>((action) => action())
export const useProve = (): Prove => useContext(ProofContext)

/** code_required: a code of the app; sign_in_again: the password. */
type Wanted = 'code_required' | 'sign_in_again'

interface Question {
  wanted: Wanted
  answer: (proved: boolean) => void
}

export function ProofProvider({ children }: { children: ReactNode }) {
  const [question, setQuestion] = useState<Question | null>(null)

  const prove: Prove = async (action) => {
    try {
      return await action()
    } catch (thrown) {
      const wanted = wantedBy(thrown)
      if (!wanted) throw thrown
      const proved = await new Promise<boolean>((answer) => setQuestion({ wanted, answer }))
      setQuestion(null)
      if (!proved) throw thrown
      return action()
    }
  }

  return (
    <ProofContext value={prove}>
      {children}
      {question && <ProofDialog {...question} />}
    </ProofContext>
  )
}

const wantedBy = (thrown: unknown): Wanted | null =>
  thrown instanceof Problem && (thrown.code === 'code_required' || thrown.code === 'sign_in_again') ? thrown.code : null

function ProofDialog({ wanted, answer }: Question) {
  const say = useSay()
  const { username } = useMe()
  const [text, setText] = useState('')
  const takesCode = wanted === 'code_required'

  async function send(): Promise<void> {
    if (takesCode) await ask((api) => api.POST('/2fa/verify', { body: { code: text } }))
    else await ask((api) => api.POST('/login', { body: { username, password: text, cookie: true } }))
    answer(true)
  }

  return (
    <ModalOverlay className="veil" isOpen isDismissable onOpenChange={() => answer(false)}>
      <Modal className="dialog">
        <Dialog className="dialog-body">
          <Heading slot="title">{say(takesCode ? TEXTS.prove_title : TEXTS.prove_password_title)}</Heading>
          <Form action={say(TEXTS.prove)} send={send}>
            {takesCode ? (
              <Field
                label={say(TEXTS.code)}
                value={text}
                onChange={setText}
                inputMode="numeric"
                autoComplete="one-time-code"
                isRequired
                autoFocus
              />
            ) : (
              <Field
                label={say(TEXTS.password)}
                value={text}
                onChange={setText}
                type="password"
                autoComplete="current-password"
                isRequired
                autoFocus
              />
            )}
          </Form>
        </Dialog>
      </Modal>
    </ModalOverlay>
  )
}
