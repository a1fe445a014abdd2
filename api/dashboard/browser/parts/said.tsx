/** What a job, an engine or the API has said, as people read it: without a terminal's sequences, its times on the viewer's clock. */
import { withoutEscapes } from '../../../../lib/readable.ts'
import { useLocale, type Locale } from '../languages.ts'

export function Said({ text }: { text: string }) {
  return <>{saidIn(text, useLocale())}</>
}

export const saidIn = (text: string, locale: Locale): string =>
  withoutEscapes(text).replaceAll(ISO_TIME, (iso) =>
    new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso)),
  )

const ISO_TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z/g
