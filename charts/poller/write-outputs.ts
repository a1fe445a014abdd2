/** Writes x.png, x.svg and x.json, or x.error.json alone; never both. */
import { refusalKey } from '../../db/charts/keys.ts'
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
 * Tells the workbook's owner what to change, in the language of LOCALE, and removes the picture of the version before.
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
  // No file can have the name.
  if (code === 'name_too_long') return { code, message }
  const told = {
    code,
    message: textIn(message, locale),
    file: object.key,
    modified_at: object.modified_at,
    at: new Date(),
  }
  await objects.put(refusalKey(output_key), `${JSON.stringify(told, null, 2)}\n`)
  for (const suffix of ['png', 'svg', 'json']) await objects.delete(`${output_key}.${suffix}`, DRAWN_AGAIN)
  return { code, message }
}
