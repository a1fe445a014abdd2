import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { Confirm } from '../../parts/confirm.tsx'
import { Field } from '../../parts/field.tsx'
import { Panel } from '../../parts/panel.tsx'
import { tell } from '../../parts/toasts.tsx'
import { EnrolForm, RecoveryCodes } from '../../session/enrol.tsx'
import { useMe } from '../../session/me.ts'
import { TEXTS as SESSION } from '../../session/texts.ts'
import { TEXTS } from './texts.ts'

export function TwoFactor() {
  const say = useSay()
  const queries = useQueryClient()
  const { enabled, required, recovery_codes_left } = useMe().two_factor
  const [isEnrolling, setEnrolling] = useState(false)
  const [codes, setCodes] = useState<string[] | null>(null)

  async function kept(): Promise<void> {
    setCodes(null)
    setEnrolling(false)
    await queries.invalidateQueries({ queryKey: ['me'] })
    tell(say(TEXTS.turned_on))
  }

  return (
    <Panel
      title={say(TEXTS.factor)}
      aside={
        <Badge tone={enabled ? 'good' : 'warn'} icon={enabled ? 'check' : 'warning'}>
          {say(enabled ? TEXTS.factor_on : TEXTS.factor_off)}
        </Badge>
      }
    >
      {codes ? (
        <>
          <p>{say(SESSION.codes_why)}</p>
          <RecoveryCodes codes={codes} done={kept} />
        </>
      ) : enabled ? (
        <div className="form">
          <p className="muted">{say(TEXTS.codes_left, { count: recovery_codes_left })}</p>
          <div className="form-actions">
            <Renew done={setCodes} />
            {!required && <TurnOff />}
          </div>
        </div>
      ) : isEnrolling ? (
        <EnrolForm done={setCodes} />
      ) : (
        <div className="form">
          <p className="muted">{say(TEXTS.factor_why)}</p>
          <div className="form-actions">
            <Button look="main" onPress={() => setEnrolling(true)}>
              {say(TEXTS.turn_on)}
            </Button>
          </div>
        </div>
      )}
    </Panel>
  )
}

function TurnOff() {
  const say = useSay()
  const queries = useQueryClient()
  const [code, setCode] = useState('')
  return (
    <Confirm
      action={say(TEXTS.turn_off)}
      look="grave"
      title={say(TEXTS.turn_off_title)}
      run={async () => {
        await ask((api) => api.POST('/2fa/disable', { body: { code } }))
        await queries.invalidateQueries({ queryKey: ['me'] })
        tell(say(TEXTS.turned_off))
      }}
    >
      <p>{say(TEXTS.turn_off_why)}</p>
      <Field label={say(TEXTS.code)} value={code} onChange={setCode} autoComplete="one-time-code" isRequired />
    </Confirm>
  )
}

function Renew({ done }: { done: (codes: string[]) => void }) {
  const say = useSay()
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  return (
    <Confirm
      action={say(TEXTS.renew)}
      title={say(TEXTS.renew_title)}
      run={async () => {
        const { recovery_codes } = await ask((api) => api.POST('/2fa/recovery-codes', { body: { password, code } }))
        setPassword('')
        setCode('')
        done(recovery_codes)
      }}
    >
      <p>{say(TEXTS.renew_why)}</p>
      <Field
        label={say(TEXTS.password)}
        value={password}
        onChange={setPassword}
        type="password"
        autoComplete="current-password"
        isRequired
      />
      <Field label={say(TEXTS.code)} value={code} onChange={setCode} autoComplete="one-time-code" isRequired />
    </Confirm>
  )
}
