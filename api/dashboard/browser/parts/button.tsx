import { Button as AriaButton, type ButtonProps } from 'react-aria-components/Button'
import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'

interface Props extends Omit<ButtonProps, 'children' | 'className' | 'style'> {
  /** `main`: the one that a form or page is for. `grave`: destroys something. `quiet`: among others. */
  look?: 'main' | 'grave' | 'quiet'
  icon?: IconName
  children: ReactNode
}

/** Neither pressed nor sent again meanwhile. Not react-aria's isPending, which leaves an image without a name in the page. */
const PENDING = { type: 'button', onPress: () => {}, 'data-pending': true } as const

export function Button({ look, icon, isPending, children, ...props }: Props) {
  return (
    <AriaButton {...props} {...(isPending && PENDING)} className={look ? `button ${look}` : 'button'}>
      {icon && <Icon name={icon} size={16} />}
      {children}
    </AriaButton>
  )
}
