/** Where the link of a first start leads: admin's password is chosen, and admin is signed in. */
import { useState } from 'react'
import { ask } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { Field } from '../../parts/field.tsx'
import { Refusal } from '../../parts/states.tsx'
import { Entrance } from '../../session/entrance.tsx'
import { Form } from '../../session/form.tsx'
import { TEXTS } from './texts.ts'

export default function Welcome() {
  const say = useSay()
  // Never sent as part of an address.
  const [token] = useState(() => location.hash.slice(1))
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const differ = again !== '' && again !== password && !password.startsWith(again)

  async function send(): Promise<void> {
    if (password !== again) throw new Error(say(TEXTS.differ))
    await ask((api) => api.POST('/first-password', { body: { token, new_password: password, cookie: true } }))
    // Out of the browser's history, with the token.
    location.replace('/')
  }

  return (
    <Entrance title={say(TEXTS.title)} why={say(TEXTS.why)}>
      {token === '' && <Refusal error={new Error(say(TEXTS.no_token))} />}
      <Form action={say(TEXTS.begin)} send={send} aside={<a href="/">{say(TEXTS.sign_in)}</a>}>
        <input type="text" hidden readOnly autoComplete="username" value="admin" />
        <Field
          label={say(TEXTS.password)}
          hint={say(TEXTS.hint)}
          value={password}
          onChange={setPassword}
          type="password"
          autoComplete="new-password"
          minLength={12}
          isRequired
          autoFocus
        />
        <Field
          label={say(TEXTS.again)}
          value={again}
          onChange={setAgain}
          type="password"
          autoComplete="new-password"
          problem={differ ? say(TEXTS.differ) : undefined}
          isRequired
        />
      </Form>
    </Entrance>
  )
}
