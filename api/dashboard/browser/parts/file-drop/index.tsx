import { DropZone, type DropZoneProps } from 'react-aria-components/DropZone'
import { FileTrigger } from 'react-aria-components/FileTrigger'
import { useSay } from '../../languages.ts'
import { Button } from '../button.tsx'
import { Icon } from '../icon.tsx'
import { TEXTS } from './texts.ts'

interface Props {
  /** Says what kinds of file are taken. */
  hint: string
  /** Endings, each with its dot. */
  types: string[]
  onFile: (file: File) => void
}

/** Takes one file: dropped, pasted, or chosen. */
export function FileDrop({ hint, types, onFile }: Props) {
  const say = useSay()
  const onDrop: DropZoneProps['onDrop'] = ({ items }) => {
    const file = items.find((item) => item.kind === 'file')
    if (file) void file.getFile().then(onFile)
  }
  return (
    <DropZone className="drop" onDrop={onDrop} aria-label={say(TEXTS.drop)}>
      <Icon name="upload" size={26} />
      <strong>{say(TEXTS.drop)}</strong>
      <FileTrigger
        acceptedFileTypes={types}
        onSelect={(files) => {
          const [file] = files ?? []
          if (file) onFile(file)
        }}
      >
        <Button>{say(TEXTS.choose)}</Button>
      </FileTrigger>
      <span className="small muted">{hint}</span>
    </DropZone>
  )
}
