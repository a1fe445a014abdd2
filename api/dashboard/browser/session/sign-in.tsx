/** Name and password, and where the user has a second factor, a code of the app or a recovery code. */
import { useState } from 'react'
import { ask, Problem } from '../api/client.ts'
import { useSay, type Translated } from '../languages.ts'
import { Button } from '../parts/button.tsx'
import { Field } from '../parts/field.tsx'
import { Entrance } from './entrance.tsx'
import { Form } from './form.tsx'
import { TEXTS } from './texts.ts'

interface Props {
  entered: () => Promise<void>
  /** Of the session that has ended. */
  username?: string
  why?: Translated
}

export function SignIn({ entered, username: before, why }: Props) {
  const say = useSay()
  const [username, setUsername] = useState(before ?? '')
  const [password, setPassword] = useState('')
  const [challenge, setChallenge] = useState<string | null>(null)

  async function send(): Promise<void> {
    const answer = await ask((api) => api.POST('/login', { body: { username, password, cookie: true } }))
    if ('challenge' in answer) setChallenge(answer.challenge)
    else await entered()
  }

  if (challenge !== null) return <EnterCode challenge={challenge} entered={entered} back={() => setChallenge(null)} />
  return (
    <Entrance title={say(TEXTS.title)} {...(why && { why: say(why) })}>
      <Form action={say(TEXTS.sign_in)} send={send}>
        <Field
          label={say(TEXTS.username)}
          value={username}
          onChange={setUsername}
          autoComplete="username"
          isRequired
          autoFocus={!before}
        />
        <Field
          label={say(TEXTS.password)}
          value={password}
          onChange={setPassword}
          type="password"
          autoComplete="current-password"
          isRequired
          autoFocus={Boolean(before)}
        />
      </Form>
    </Entrance>
  )
}

function EnterCode({
  challenge,
  entered,
  back,
}: {
  challenge: string
  entered: () => Promise<void>
  back: () => void
}) {
  const say = useSay()
  const [code, setCode] = useState('')
  const [isRecovery, setRecovery] = useState(false)

  async function send(): Promise<void> {
    try {
      await ask((api) => api.POST('/2fa/verify', { body: { challenge, code } }))
    } catch (thrown) {
      setCode('')
      // The challenge has ended, and another takes the password.
      if (thrown instanceof Problem && thrown.code === 'challenge_invalid') back()
      throw thrown
    }
    await entered()
  }

  return (
    <Entrance title={say(TEXTS.code_title)} why={say(isRecovery ? TEXTS.recovery_why : TEXTS.code_why)}>
      <Form
        action={say(TEXTS.sign_in)}
        send={send}
        aside={
          <>
            <Button look="quiet" onPress={() => setRecovery(!isRecovery)}>
              {say(isRecovery ? TEXTS.use_app : TEXTS.use_recovery)}
            </Button>
            <Button look="quiet" onPress={back}>
              {say(TEXTS.back)}
            </Button>
          </>
        }
      >
        <Field
          key={String(isRecovery)}
          label={say(isRecovery ? TEXTS.recovery_code : TEXTS.code)}
          value={code}
          onChange={setCode}
          inputMode={isRecovery ? 'text' : 'numeric'}
          autoComplete="one-time-code"
          isRequired
          autoFocus
        />
      </Form>
    </Entrance>
  )
}
