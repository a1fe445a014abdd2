/** Writes x.png, x.svg and x.json, or x.error.json alone; never both. */
import { UPLOADS } from '../../db/charts/uploads.ts'
import type { ObjectInfo, Objects } from '../../db/engines/objects/objects.ts'
import type { Drawing } from '../draw.ts'
import type { Refusal } from '../refusal.ts'
import { textIn, type Locale, type Translated } from '../../lib/texts.ts'
import { refusalSentence } from '../texts.ts'

/** A chart is drawn again from its workbook at any time, so its deletion need not wait for a backup. */
const DRAWN_AGAIN = { at_once: true }

const CHARTS = 'graficos/'

/** A name without `.xlsx`; any other suffix stays, so that `x.csv` and `x.xlsx` have charts of their own. */
export function outputBase(name: string): string {
  return name.replace(/\.xlsx$/i, '')
}

/** `uploads/a/x.xlsx` → `graficos/a/x`, to which a suffix is added. */
export function outputKey(source_key: string): string {
  return CHARTS + outputBase(source_key.slice(UPLOADS.length))
}

/** The picture comes last: once it is there, so is everything else. */
export async function writeDrawing(objects: Objects, output_key: string, drawing: Drawing): Promise<void> {
  await objects.put(`${output_key}.svg`, drawing.svg)
  await objects.put(`${output_key}.json`, `${JSON.stringify(drawing.summary, null, 2)}\n`)
  await objects.put(`${output_key}.png`, drawing.png)
  await objects.delete(`${output_key}.error.json`, DRAWN_AGAIN)
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
  const told = {
    code,
    message: textIn(message, locale),
    file: object.key,
    modified_at: object.modified_at,
    at: new Date(),
  }
  await objects.put(`${output_key}.error.json`, `${JSON.stringify(told, null, 2)}\n`)
  for (const suffix of ['png', 'svg', 'json']) await objects.delete(`${output_key}.${suffix}`, DRAWN_AGAIN)
  return { code, message }
}
