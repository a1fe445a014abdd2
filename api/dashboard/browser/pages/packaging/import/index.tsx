/** An import in two steps: the file is checked, and what it would do, or every mistake in it, is shown; then it is written. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components/Modal'
import { Problem, upload, type Mistake, type Schemas } from '../../api/client.ts'
import { useSay } from '../../languages.ts'
import { Button } from '../../parts/button.tsx'
import { FileDrop } from '../../parts/file-drop/index.tsx'
import { Refusal } from '../../parts/states.tsx'
import { TEXTS as COMMON } from '../../parts/texts.ts'
import { tell } from '../../parts/toasts.tsx'
import { TEXTS } from './texts.ts'

type Result = Schemas['ImportResult']

export function Import() {
  const say = useSay()
  const queries = useQueryClient()
  const [isOpen, setOpen] = useState(false)
  const [file, setFile] = useState<File | null>(null)
  const check = useMutation({ mutationFn: (chosen: File) => upload<Result>('/embalagens/import?dry_run=true', chosen) })
  const write = useMutation({ mutationFn: (chosen: File) => upload<Result>('/embalagens/import', chosen) })

  function begin(): void {
    setFile(null)
    check.reset()
    write.reset()
  }

  function choose(chosen: File): void {
    setFile(chosen)
    write.reset()
    check.mutate(chosen)
  }

  async function finish(): Promise<void> {
    const { created, updated } = await write.mutateAsync(file!)
    await queries.invalidateQueries({ queryKey: ['packaging'] })
    setOpen(false)
    tell(say(TEXTS.imported, { count: created + updated }))
  }

  return (
    <DialogTrigger
      isOpen={isOpen}
      onOpenChange={(now) => {
        begin()
        setOpen(now)
      }}
    >
      <Button icon="upload">{say(TEXTS.import)}</Button>
      <ModalOverlay className="veil" isDismissable>
        <Modal className="dialog">
          <Dialog className="dialog-body">
            <Heading slot="title">{say(TEXTS.import_title)}</Heading>
            <div className="form">
              {file === null && <FileDrop hint={say(TEXTS.import_hint)} types={['.csv', '.xlsx']} onFile={choose} />}
              {check.isPending && <p role="status">{say(TEXTS.checking, { file: file!.name })}</p>}
              {check.data && <Preview file={file!.name} result={check.data} />}
              <Mistakes error={check.error ?? write.error} />
              <div className="actions">
                <Button onPress={() => setOpen(false)}>{say(COMMON.cancel)}</Button>
                {file !== null && !check.isPending && <Button onPress={begin}>{say(TEXTS.other_file)}</Button>}
                {check.data && countOf(check.data) > 0 && (
                  <Button look="main" isPending={write.isPending} onPress={() => void finish().catch(() => {})}>
                    {say(TEXTS.write, { count: countOf(check.data) })}
                  </Button>
                )}
              </div>
            </div>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  )
}

const countOf = ({ created, updated }: Result) => created + updated

function Preview({ file, result }: { file: string; result: Result }) {
  const say = useSay()
  const { created, updated, unchanged } = result
  return (
    <div role="status">
      <p>
        <strong>{say(TEXTS.would, { file, created, updated, unchanged })}</strong>
      </p>
      {created + updated === 0 && <p className="muted">{say(TEXTS.nothing_to_write)}</p>}
    </div>
  )
}

/** More would not be read; the sentence above them has the number of all. */
const SHOWN = 100

function Mistakes({ error }: { error: unknown }) {
  const say = useSay()
  const mistakes: readonly Mistake[] = error instanceof Problem ? error.errors : []
  return (
    <>
      <Refusal error={error} />
      {mistakes.length > 0 && (
        <div className="mistakes" tabIndex={0}>
          <table className="table">
            <caption className="hidden-text">{say(TEXTS.mistakes)}</caption>
            <thead>
              <tr>
                <th scope="col">{say(TEXTS.line)}</th>
                <th scope="col">{say(TEXTS.column)}</th>
                <th scope="col">{say(TEXTS.mistake)}</th>
              </tr>
            </thead>
            <tbody>
              {mistakes.slice(0, SHOWN).map(({ path, line, column, message }, place) => (
                <tr key={place}>
                  <td className="number">{line}</td>
                  <td>{column ?? path}</td>
                  <td>{message}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {mistakes.length > SHOWN && (
            <p className="panel-note">{say(TEXTS.more_mistakes, { count: mistakes.length - SHOWN })}</p>
          )}
        </div>
      )}
    </>
  )
}
