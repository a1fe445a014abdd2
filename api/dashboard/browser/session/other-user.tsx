import { useState } from 'react'
import { useSay } from '../languages.ts'
import { Button } from '../parts/button.tsx'
import { Entrance } from './entrance.tsx'
import { SignIn } from './sign-in.tsx'
import { TEXTS } from './texts.ts'

/** In a tab of one user, after another has signed in in a second tab: what is sent from here would be sent as `now`. */
export function OtherUser({ now, before, entered }: { now: string; before: string; entered: () => Promise<void> }) {
  const say = useSay()
  const [isBack, setBack] = useState(false)
  if (isBack) return <SignIn entered={entered} username={before} why={TEXTS.other_back} />
  return (
    <Entrance title={say(TEXTS.other_title, { name: now })} why={say(TEXTS.other_why, { name: before })}>
      <div className="form-actions">
        <Button look="main" autoFocus onPress={() => void entered()}>
          {say(TEXTS.other_go_on, { name: now })}
        </Button>
        <Button onPress={() => setBack(true)}>{say(TEXTS.other_sign_in, { name: before })}</Button>
      </div>
    </Entrance>
  )
}
