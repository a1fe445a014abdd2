/** What the filters leave, as a file: what Excel in Brazil opens, or what programs read. */
import { Menu, MenuItem, MenuTrigger } from 'react-aria-components'
import { Popover } from 'react-aria-components/Popover'
import type { ItemFilter } from '../../data/packaging.ts'
import { useSay } from '../../languages.ts'
import { Button } from '../../parts/button.tsx'
import { TEXTS } from './texts.ts'

export function Export({ filter }: { filter: ItemFilter }) {
  const say = useSay()
  const href = (excel: '1' | '0') => {
    const query = Object.entries(filter).map(([name, value]) => [name, String(value)])
    return `/embalagens/export?${new URLSearchParams([...query, ['excel', excel]])}`
  }
  return (
    <MenuTrigger>
      <Button icon="download">{say(TEXTS.export)}</Button>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label={say(TEXTS.export)}>
          <MenuItem className="menu-item" href={href('1')} download="embalagens.csv">
            {say(TEXTS.export_excel)}
          </MenuItem>
          <MenuItem className="menu-item" href={href('0')} download="embalagens.csv">
            {say(TEXTS.export_plain)}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
