/** alerts.log: a JSON line for each message, synced. The file is opened for each, so that it can be rotated at any time. */
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Severity } from '../../rules.ts'
import { sentenceOf } from '../../../../lib/errors.ts'
import { ChannelError, type Channel } from '../channel.ts'
import { asJson } from '../message-json.ts'

export function logFileChannel(path: string, min_severity: Severity): Channel {
  return {
    name: 'log',
    min_severity,
    async send(message) {
      try {
        await appendSynced(path, `${JSON.stringify({ at: new Date().toISOString(), ...asJson(message) })}\n`)
      } catch (thrown) {
        const said = sentenceOf(thrown)
        throw new ChannelError({
          en: `the file cannot be written: ${said.en}`,
          pt: `o arquivo não pode ser escrito: ${said.pt}`,
        })
      }
    },
  }
}

async function appendSynced(path: string, line: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const file = await open(path, 'a+', 0o600)
  try {
    const { size } = await file.stat()
    // A line that was cut short by a full disk or a crash must not swallow this one.
    const last = size > 0 ? (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString() : '\n'
    await file.appendFile(last === '\n' ? line : `\n${line}`)
    await file.sync()
  } finally {
    await file.close()
  }
}
