/** Writes x.png, x.svg and x.json, or x.error.json alone; never both. */
import { outputFiles, refusalKey } from '../../db/charts/keys.ts'
import type { ObjectInfo, Objects } from '../../db/engines/objects/objects.ts'
import type { Drawing } from '../draw.ts'
import type { Refusal } from '../refusal.ts'
import { textIn, type Locale, type Translated } from '../../lib/texts.ts'
import { refusalSentence } from '../texts.ts'

/** A chart is drawn again from its workbook at any time, so its deletion need not wait for a backup. */
const DRAWN_AGAIN = { at_once: true }

/** The picture comes last: once it is there, so is everything else. */
export async function writeDrawing(objects: Objects, output_key: string, drawing: Drawing): Promise<void> {
  await objects.put(`${output_key}.svg`, drawing.svg)
  await objects.put(`${output_key}.json`, `${JSON.stringify(drawing.summary, null, 2)}\n`)
  await objects.put(`${output_key}.png`, drawing.png)
  await objects.delete(refusalKey(output_key), DRAWN_AGAIN)
}

/**
 * Tells the workbook's owner what to change, in both languages, as `message` in that of LOCALE, and where, as far as that is
 * known. Removes the picture of the version before.
 * Returns the sentence in both languages.
 */
export async function writeRefusal(
  objects: Objects,
  output_key: string,
  object: ObjectInfo,
  refusal: Refusal,
  locale: Locale,
): Promise<{ code: string; message: Translated }> {
  const { code } = refusal
  const message = {
    en: refusalSentence(code, refusal.facts, 'en'),
    pt: refusalSentence(code, refusal.facts, 'pt-BR'),
  }
  const { sheet, column, cell, line } = refusal.facts
  const told = {
    code,
    message: textIn(message, locale),
    message_pt: message.pt,
    message_en: message.en,
    file: object.key,
    sheet,
    column,
    cell,
    line,
    modified_at: object.modified_at,
    at: new Date(),
  }
  const told_in = refusalKey(output_key)
  await objects.put(told_in, `${JSON.stringify(told, null, 2)}\n`)
  for (const file of outputFiles(output_key)) if (file !== told_in) await objects.delete(file, DRAWN_AGAIN)
  return { code, message }
}
