import { useContext, useState } from 'react'
import { Button } from 'react-aria-components/Button'
import { Header, Menu, MenuItem, MenuSection, MenuTrigger, Separator } from 'react-aria-components/Menu'
import { Popover } from 'react-aria-components/Popover'
import { useLocation } from 'wouter'
import { LanguageSwitchContext, useLocale, useSay, type Locale } from '../languages.ts'
import { Icon } from '../parts/icon.tsx'
import { signOut, useMe } from '../session/me.ts'
import { ROLES } from '../session/texts.ts'
import { TEXTS } from './texts.ts'
import { applyTheme, chosenTheme, THEMES, type Theme } from './theme.ts'

export function UserMenu() {
  const say = useSay()
  const locale = useLocale()
  const { username, role } = useMe()
  const [, go] = useLocation()
  const chooseLanguage = useContext(LanguageSwitchContext)
  const [theme, setTheme] = useState(chosenTheme)
  return (
    <MenuTrigger>
      <Button className="user-button">
        <span className="user-initial" aria-hidden="true">
          {username.slice(0, 1).toUpperCase()}
        </span>
        <span className="user-name">{username}</span>
        <span className="hidden-text">, {say(ROLES[role])}</span>
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu">
          <MenuSection>
            <Header className="menu-head">
              {username} · {say(ROLES[role])}
            </Header>
            <MenuItem className="menu-item" onAction={() => go('/account')}>
              <Icon name="user" /> {say(TEXTS.account)}
            </MenuItem>
          </MenuSection>
          <MenuSection
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[theme]}
            onSelectionChange={(keys) => {
              const [chosen] = [...keys] as Theme[]
              applyTheme(chosen!)
              setTheme(chosen!)
            }}
          >
            <Header className="menu-head">{say(TEXTS.theme)}</Header>
            {THEMES.map((one) => (
              <MenuItem key={one} id={one} className="menu-item">
                <Icon name="check" /> {say(TEXTS[`theme_${one}`])}
              </MenuItem>
            ))}
          </MenuSection>
          <MenuSection
            selectionMode="single"
            disallowEmptySelection
            selectedKeys={[locale]}
            onSelectionChange={(keys) => chooseLanguage([...keys][0] as Locale)}
          >
            <Header className="menu-head">{say(TEXTS.language)}</Header>
            <MenuItem id="pt-BR" className="menu-item">
              <Icon name="check" /> Português
            </MenuItem>
            <MenuItem id="en" className="menu-item">
              <Icon name="check" /> English
            </MenuItem>
          </MenuSection>
          <Separator className="menu-line" />
          <MenuItem className="menu-item" onAction={() => void signOut()}>
            <Icon name="leave" /> {say(TEXTS.sign_out)}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
