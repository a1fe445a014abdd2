/** The bytes of a letter: formatted where they are JSON, as they came, or in hex; to be copied and downloaded. */
import { useMemo } from 'react'
import { useParameter } from '../../address.ts'
import type { Letter } from '../../data/dead-letters.ts'
import { useLocale, useSay } from '../../languages.ts'
import { sizeIn } from '../../parts/bytes.tsx'
import { CopyButton } from '../../parts/copy.tsx'
import { FilterChoices } from '../../parts/filter.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Panel } from '../../parts/panel.tsx'
import { bytesOf, formattedJson, hexOf, visible } from './content.ts'
import { TEXTS } from './texts.ts'

export function Body({ letter: { id, body, size_bytes } }: { letter: Letter }) {
  const say = useSay()
  const locale = useLocale()
  const [as] = useParameter('as')
  const isText = body.encoding === 'utf8'
  const isWhole = body.shown_bytes === size_bytes
  const formatted = useMemo(() => (isText && isWhole ? formattedJson(body.text) : null), [body, isText, isWhole])
  const views = [
    ...(formatted === null ? [] : [['formatted', say(TEXTS.as_formatted)] as const]),
    ...(isText ? [['text', say(TEXTS.as_text)] as const] : []),
    ['hex', say(TEXTS.as_hex)] as const,
  ]
  const standard = views[0]![0]
  const chosen = views.find(([view]) => view === as)?.[0] ?? standard
  const shown = useMemo(
    () => (chosen === 'hex' ? hexOf(bytesOf(body)) : visible(chosen === 'formatted' ? formatted! : body.text)),
    [chosen, body, formatted],
  )
  return (
    <Panel
      title={say(TEXTS.content)}
      aside={
        <div className="row">
          {views.length > 1 && (
            <FilterChoices label={say(TEXTS.as)} parameter="as" standard={standard} options={views} />
          )}
          {size_bytes > 0 && (
            <>
              <CopyButton text={() => (chosen === 'text' ? body.text : shown)} told={say(TEXTS.copied)} />
              <a className="button" href={`/dead-letters/${id}/body`} download={`${id}.bin`}>
                <Icon name="download" size={16} />
                {say(TEXTS.download)}
              </a>
            </>
          )}
        </div>
      }
    >
      {size_bytes === 0 ? (
        <p className="muted">{say(TEXTS.empty)}</p>
      ) : (
        <>
          {!isText && <p className="small muted">{say(TEXTS.binary)}</p>}
          {body.has_controls && chosen !== 'hex' && <p className="small muted">{say(TEXTS.controls)}</p>}
          {!isWhole && (
            <p className="small muted">
              {say(TEXTS.part, { shown: sizeIn(body.shown_bytes, locale), size: sizeIn(size_bytes, locale) })}
            </p>
          )}
          <pre
            className={chosen === 'hex' ? 'letter-body hex' : 'letter-body'}
            tabIndex={0}
            role="region"
            aria-label={views.find(([view]) => view === chosen)![1]}
          >
            {shown}
          </pre>
        </>
      )}
    </Panel>
  )
}
