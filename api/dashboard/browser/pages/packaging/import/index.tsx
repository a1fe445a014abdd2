/** An import in two steps: the file is checked, and what it would do, or every mistake in it, is shown; then it is written. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components/Modal'
import { isOffline, isSignedOut, type Schemas } from '../../../api/client.ts'
import { upload } from '../../../api/upload.ts'
import { useSay } from '../../../languages.ts'
import { Button } from '../../../parts/button.tsx'
import { FileDrop, Sent, useFileFault } from '../../../parts/file-drop/index.tsx'
import { Refusal } from '../../../parts/states.tsx'
import { TEXTS as COMMON } from '../../../parts/texts.ts'
import { tell } from '../../../parts/toasts.tsx'
import { Mistakes } from './mistakes.tsx'
import { Preview } from './preview.tsx'
import { TEXTS } from './texts.ts'

type Result = Schemas['ImportResult']
/** `written`: whether it is more than a look. */
interface Step {
  file: File
  written: boolean
}

const TYPES = ['.csv', '.xlsx']

export function Import() {
  const say = useSay()
  const queries = useQueryClient()
  const faultOf = useFileFault(TYPES)
  const [isOpen, setOpen] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const [part, setPart] = useState(0)
  const stop = useRef<AbortController>(undefined)
  const sending = useMutation({
    mutationFn: ({ file, written }: Step) => {
      stop.current = new AbortController()
      setPart(0)
      const path = written ? '/embalagens/import' : '/embalagens/import?dry_run=true'
      return upload<Result>(path, file, { onProgress: setPart, signal: stop.current.signal })
    },
    async onSuccess({ created, updated }, { written }) {
      if (!written) return
      await queries.invalidateQueries({ queryKey: ['packaging'] })
      setOpen(false)
      tell(say(TEXTS.imported, { count: created + updated }))
    },
  })
  const { variables: step, data: result, error, isPending } = sending

  function begin(): void {
    stop.current?.abort()
    setFault(null)
    sending.reset()
  }

  function choose([file]: File[]): void {
    begin()
    const why = faultOf(file!)
    setFault(why)
    if (why === null) sending.mutate({ file: file!, written: false })
  }

  const file = step?.file.name ?? ''
  const count = result && !step?.written ? result.created + result.updated : 0
  return (
    <DialogTrigger
      isOpen={isOpen}
      onOpenChange={(now) => {
        begin()
        setOpen(now)
      }}
    >
      <Button icon="upload">{say(TEXTS.import)}</Button>
      <ModalOverlay className="veil" isDismissable={!isPending}>
        <Modal className="dialog import">
          <Dialog className="dialog-body">
            <Heading slot="title">{say(TEXTS.import_title)}</Heading>
            <div className="form">
              {!step && <FileDrop hint={say(TEXTS.import_hint)} types={TYPES} onFiles={choose} />}
              <Refusal error={fault} />
              {isPending && step && (
                <div className="import-going">
                  <p role="status">
                    {say(part < 1 ? TEXTS.sending : step.written ? TEXTS.writing : TEXTS.checking, { file })}
                  </p>
                  <Sent file={file} part={part} />
                </div>
              )}
              {result && !step?.written && <Preview file={file} result={result} />}
              <Mistakes error={error} />
              <div className="actions">
                <Button onPress={() => setOpen(false)}>{say(COMMON.cancel)}</Button>
                {step && !isPending && <Button onPress={begin}>{say(TEXTS.other_file)}</Button>}
                {step && (isOffline(error) || isSignedOut(error)) && (
                  <Button look="main" icon="retry" onPress={() => sending.mutate(step)}>
                    {say(COMMON.try_again)}
                  </Button>
                )}
                {step && count > 0 && !isPending && (
                  <Button look="main" onPress={() => sending.mutate({ ...step, written: true })}>
                    {say(TEXTS.write, { count })}
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
