/** What a list's filters leave, as a file: what Excel in Brazil opens, or what programs read. */
import { Menu, MenuItem, MenuTrigger } from 'react-aria-components'
import { Popover } from 'react-aria-components/Popover'
import { useSay } from '../../languages.ts'
import { Button } from '../button.tsx'
import { TEXTS } from './texts.ts'

interface Props {
  /** Of the API. */
  path: string
  filter: Record<string, string | boolean | number>
  /** Of the file. */
  name: string
}

export function ExportCsv({ path, filter, name }: Props) {
  const say = useSay()
  const href = (excel: '1' | '0') => {
    const query = Object.entries(filter).map(([name, value]) => [name, String(value)])
    return `${path}?${new URLSearchParams([...query, ['excel', excel]])}`
  }
  return (
    <MenuTrigger>
      <Button icon="download">{say(TEXTS.export)}</Button>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label={say(TEXTS.export)}>
          <MenuItem className="menu-item" href={href('1')} download={name}>
            {say(TEXTS.excel)}
          </MenuItem>
          <MenuItem className="menu-item" href={href('0')} download={name}>
            {say(TEXTS.plain)}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
