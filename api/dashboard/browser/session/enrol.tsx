/** An authenticator app is enrolled: the picture, the first code, then the recovery codes, which are shown this once. */
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { ask } from '../api/client.ts'
import { useSay, type Translated } from '../languages.ts'
import { Button } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { Loading, Refusal } from '../parts/states.tsx'
import { tell } from '../parts/toasts.tsx'
import { Entrance } from './entrance.tsx'
import { Form } from './form.tsx'
import { useProve } from './proof.tsx'
import { signOut } from './me.ts'
import { TEXTS } from './texts.ts'

export function Enrol({ why, done }: { why: Translated; done: () => Promise<void> }) {
  const say = useSay()
  const [codes, setCodes] = useState<string[] | null>(null)
  if (codes)
    return (
      <Entrance title={say(TEXTS.codes_title)} why={say(TEXTS.codes_why)}>
        <RecoveryCodes codes={codes} done={done} />
      </Entrance>
    )
  return (
    <Entrance title={say(TEXTS.enrol_title)} why={say(why)}>
      <EnrolForm done={setCodes} />
      <Button look="quiet" onPress={() => void signOut()}>
        {say(TEXTS.sign_out)}
      </Button>
    </Entrance>
  )
}

/** `done`: with the recovery codes. */
export function EnrolForm({ done }: { done: (codes: string[]) => void }) {
  const say = useSay()
  const [code, setCode] = useState('')
  const prove = useProve()
  const begin = useMutation({ mutationFn: () => prove(() => ask((api) => api.POST('/2fa/enable'))) })
  const { mutate } = begin
  useEffect(() => mutate(), [mutate])

  async function send(): Promise<void> {
    const answer = await ask((api) => api.POST('/2fa/verify', { body: { code } }))
    if ('recovery_codes' in answer) done(answer.recovery_codes)
  }

  if (begin.error) return <Refusal error={begin.error} />
  if (!begin.data) return <Loading />
  return (
    <Form action={say(TEXTS.enrol_confirm)} send={send}>
      <p>{say(TEXTS.enrol_scan)}</p>
      <img className="qr" src={begin.data.qr_code} alt={say(TEXTS.enrol_picture)} />
      <p className="small muted">{say(TEXTS.enrol_type)}</p>
      <code className="secret">{begin.data.secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</code>
      <Field
        label={say(TEXTS.enrol_code)}
        value={code}
        onChange={setCode}
        inputMode="numeric"
        autoComplete="one-time-code"
        isRequired
      />
    </Form>
  )
}

export function RecoveryCodes({ codes, done }: { codes: string[]; done: () => unknown }) {
  const say = useSay()
  return (
    <div className="form">
      <ul className="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="form-actions">
        <Button look="main" onPress={() => void done()}>
          {say(TEXTS.codes_kept)}
        </Button>
        <Button
          onPress={() => void navigator.clipboard.writeText(codes.join('\n')).then(() => tell(say(TEXTS.codes_copied)))}
        >
          {say(TEXTS.codes_copy)}
        </Button>
      </div>
    </div>
  )
}
