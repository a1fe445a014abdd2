/** Takes files: dropped, pasted (the zone has the focus, Ctrl+V), or chosen by a plain button. */
import { useState } from 'react'
import { DropZone, type DropZoneProps } from 'react-aria-components/DropZone'
import { FileTrigger } from 'react-aria-components/FileTrigger'
import { useLocale, useSay } from '../../languages.ts'
import { useMe } from '../../session/me.ts'
import { Button } from '../button.tsx'
import { Icon } from '../icon.tsx'
import { Refusal } from '../states.tsx'
import { sizeIn } from './size.ts'
import { TEXTS } from './texts.ts'

interface Props {
  /** Says what kinds of file are taken. */
  hint: string
  /** Endings, each with its dot. */
  types: string[]
  several?: true
  onFiles: (files: File[]) => void
}

export function FileDrop({ hint, types, several, onFiles }: Props) {
  const say = useSay()
  const locale = useLocale()
  const { max_upload_bytes } = useMe()
  const [hasFolder, setFolder] = useState(false)
  const onDrop: DropZoneProps['onDrop'] = ({ items }) => {
    const files = items.filter((item) => item.kind === 'file').slice(0, several ? items.length : 1)
    setFolder(items.some(({ kind }) => kind === 'directory'))
    void Promise.all(files.map((item) => item.getFile())).then((got) => got.length > 0 && onFiles(got))
  }
  const title = say(several ? TEXTS.drop_several : TEXTS.drop)
  return (
    <DropZone className="drop" onDrop={onDrop} aria-label={title}>
      <Icon name="upload" size={26} />
      <strong>{title}</strong>
      <FileTrigger
        acceptedFileTypes={types}
        allowsMultiple={several ?? false}
        onSelect={(files) => {
          setFolder(false)
          if (files && files.length > 0) onFiles([...files])
        }}
      >
        <Button>{say(several ? TEXTS.choose_several : TEXTS.choose)}</Button>
      </FileTrigger>
      <span className="small muted">
        {hint}; {say(TEXTS.at_most, { size: sizeIn(max_upload_bytes, locale) })}
      </span>
      {hasFolder && <Refusal error={say(TEXTS.folder)} />}
    </DropZone>
  )
}

/** How far a file is on its way, from 0 to 1. */
export function Sent({ file, part }: { file: string; part: number }) {
  const say = useSay()
  return <progress className="sent" max={1} value={part} aria-label={say(TEXTS.part, { file })} />
}

/** Says why a file is not worth sending; null where it is. */
export function useFileFault(types: string[]): (file: File) => string | null {
  const say = useSay()
  const locale = useLocale()
  const { max_upload_bytes: limit } = useMe()
  return ({ name: file, size }) => {
    if (!types.some((ending) => file.toLowerCase().endsWith(ending)))
      return say(TEXTS.wrong_kind, { file, types: new Intl.ListFormat(locale, { type: 'disjunction' }).format(types) })
    if (size === 0) return say(TEXTS.empty, { file })
    if (size > limit) return say(TEXTS.too_large, { file, size: sizeIn(size, locale), limit: sizeIn(limit, locale) })
    return null
  }
}
