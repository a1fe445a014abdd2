import { useState, type ReactNode } from 'react'
import { ask } from '../api/client.ts'
import { useSay } from '../languages.ts'
import { Button } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { Entrance } from './entrance.tsx'
import { Form } from './form.tsx'
import { signOut } from './me.ts'
import { TEXTS } from './texts.ts'

/** Before anything else, for a user whose password somebody else chose. */
export function ChoosePassword({ username, done }: { username: string; done: () => Promise<void> }) {
  const say = useSay()
  return (
    <Entrance title={say(TEXTS.choose_title)} why={say(TEXTS.choose_why)}>
      <PasswordForm
        username={username}
        done={done}
        aside={
          <Button look="quiet" onPress={() => void signOut()}>
            {say(TEXTS.sign_out)}
          </Button>
        }
      />
    </Entrance>
  )
}

interface Props {
  /** For password managers. */
  username: string
  done: () => unknown
  aside?: ReactNode
}

export function PasswordForm({ username, done, aside }: Props) {
  const say = useSay()
  const [current_password, setCurrent] = useState('')
  const [new_password, setNew] = useState('')

  async function send(): Promise<void> {
    await ask((api) => api.PUT('/me/password', { body: { current_password, new_password } }))
    setCurrent('')
    setNew('')
    await done()
  }

  return (
    <Form action={say(TEXTS.save_password)} send={send} aside={aside}>
      <input type="text" hidden readOnly autoComplete="username" value={username} />
      <Field
        label={say(TEXTS.current_password)}
        value={current_password}
        onChange={setCurrent}
        type="password"
        autoComplete="current-password"
        isRequired
      />
      <Field
        label={say(TEXTS.new_password)}
        hint={say(TEXTS.new_password_hint)}
        value={new_password}
        onChange={setNew}
        type="password"
        autoComplete="new-password"
        minLength={12}
        isRequired
      />
    </Form>
  )
}
