/** Reads a hostile file as an import does, and says what is to be said of every one of them. */
import { expect } from 'bun:test'
import { readInChild } from '../../../../db/packaging/import/read-in-child.ts'
import { AppError } from '../../../../lib/errors.ts'
import { watchTurns } from '../../../kit/busiest-turn.ts'

/** The most that a file's list of mistakes may take in an answer. */
const ANSWER_CHARACTERS = 300_000
/** 50 ms is the aim (`bun run bench spreadsheets`); a test leaves room for the collector of garbage. */
const TURN_MS = 150

/** `read`, or the sentence of the refusal. Meanwhile this process has hardly anything to do. */
export async function readHostile(bytes: Uint8Array): Promise<string> {
  Bun.gc(true)
  const turns = watchTurns()
  try {
    const file = await readInChild(bytes)
    for await (const batch of file.batches()) expect(batch).toStartWith('[{')
    file.close()
    return 'read'
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(AppError)
    const { code, detail, errors = [] } = thrown as AppError
    expect(code).toBe('import_rejected')
    expect(detail).toMatchObject({ en: expect.stringMatching(/^[\p{Lu}\d].{20,}\.$/u), pt: expect.any(String) })
    expect(errors.length).toBeLessThanOrEqual(1000)
    expect(JSON.stringify(errors).length).toBeLessThan(ANSWER_CHARACTERS)
    return (thrown as AppError).message
  } finally {
    expect(turns.stop()).toBeLessThan(TURN_MS)
  }
}
