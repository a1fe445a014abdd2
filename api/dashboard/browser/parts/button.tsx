import { Button as AriaButton, type ButtonProps } from 'react-aria-components/Button'
import type { ReactNode } from 'react'
import { Icon, type IconName } from './icon.tsx'

interface Props extends Omit<ButtonProps, 'children' | 'className' | 'style'> {
  /** `main`: the one that a form or page is for. `grave`: destroys something. `quiet`: among others. */
  look?: 'main' | 'grave' | 'quiet'
  icon?: IconName
  children: ReactNode
}

export function Button({ look, icon, children, ...props }: Props) {
  return (
    <AriaButton {...props} className={look ? `button ${look}` : 'button'}>
      {icon && <Icon name={icon} size={16} />}
      {children}
    </AriaButton>
  )
}
