/** The form of a CSV file, which a client asks for by `?excel=`, or else by its language. */
import { t } from 'elysia'
import { BRAZILIAN_CSV, PLAIN_CSV, type CsvForm } from '../../lib/csv.ts'
import { languageOf } from './language.ts'
import { oneOf } from './schemas.ts'

export const excelQuery = {
  excel: t.Optional(
    oneOf(['1', '0'], {
      description:
        '1: as Excel in Brazil opens it; 0: plain. Left out: by Accept-Language, plain where it asks for nothing.',
    }),
  ),
}

/** Nobody who asks for no language gets another form by LOCALE: programs rely on the plain one. */
export function csvFormOf(excel: '1' | '0' | undefined, request: Request): CsvForm {
  const is_brazilian = excel === undefined ? languageOf(request, 'en') === 'pt-BR' : excel === '1'
  return is_brazilian ? BRAZILIAN_CSV : PLAIN_CSV
}

export const csvFileHeaders = (name: string) => ({
  'content-type': 'text/csv; charset=utf-8',
  'content-disposition': `attachment; filename="${name}"`,
  vary: 'Accept-Language',
})
