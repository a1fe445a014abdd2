/** A form that asks the API; what it refuses is shown below the fields. */
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Button } from '../parts/button.tsx'
import { Refusal } from '../parts/states.tsx'

interface Props {
  action: string
  /** Throws Problem. */
  send: () => Promise<unknown>
  children: ReactNode
  aside?: ReactNode
}

export function Form({ action, send, children, aside }: Props) {
  const sending = useMutation({ mutationFn: send })
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault()
        // React takes it up to a form that the dialog was opened from.
        event.stopPropagation()
        if (!sending.isPending) sending.mutate()
      }}
    >
      {children}
      <Refusal error={sending.error} />
      <div className="form-actions">
        <Button type="submit" look="main" isPending={sending.isPending}>
          {action}
        </Button>
        {aside}
      </div>
    </form>
  )
}
