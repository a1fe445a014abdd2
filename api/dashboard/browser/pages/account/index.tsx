/** One's own account: password, e-mail, second factor, sessions and API keys. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { Field } from '../../parts/field.tsx'
import { PageHead, Panel } from '../../parts/panel.tsx'
import { tell } from '../../parts/toasts.tsx'
import { PasswordForm } from '../../session/choose-password.tsx'
import { Form } from '../../session/form.tsx'
import { useMe } from '../../session/me.ts'
import { useProve } from '../../session/proof.tsx'
import { ApiKeys } from './api-keys.tsx'
import { Sessions } from './sessions.tsx'
import { TEXTS } from './texts.ts'
import { TwoFactor } from './two-factor.tsx'

export default function Account() {
  const say = useSay()
  const queries = useQueryClient()
  const { username } = useMe()
  return (
    <>
      <PageHead title={say(TEXTS.title)} />
      <div className="stack">
        <div className="account-top">
          <TwoFactor />
          <Panel title={say(TEXTS.password)}>
            <PasswordForm
              username={username}
              done={() => {
                void queries.invalidateQueries({ queryKey: ['me'] })
                tell(say(TEXTS.password_saved))
              }}
            />
          </Panel>
          <Email />
        </div>
        <Sessions />
        <ApiKeys />
      </div>
    </>
  )
}

function Email() {
  const say = useSay()
  const queries = useQueryClient()
  const prove = useProve()
  const { email: kept } = useMe()
  const [email, setEmail] = useState(kept ?? '')

  async function send(): Promise<void> {
    await prove(() => ask((api) => api.PUT('/me/email', { body: { email: email.trim() || null } })))
    await queries.invalidateQueries({ queryKey: ['me'] })
    tell(say(TEXTS.email_saved))
  }

  return (
    <Panel title={say(TEXTS.email)}>
      <Form action={say(TEXTS.email_save)} send={send}>
        <Field
          label={say(TEXTS.email)}
          hint={say(TEXTS.email_why)}
          value={email}
          onChange={setEmail}
          type="email"
          autoComplete="email"
        />
      </Form>
    </Panel>
  )
}
