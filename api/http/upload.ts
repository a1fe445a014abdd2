/** An uploaded file: the raw body, or the field `file` of a form. */
import { AppError } from '../../lib/errors.ts'
import { readBytes } from './body.ts'
import { bodyUnreadable } from './problems.ts'

export interface Upload {
  bytes: Uint8Array
  /** What a form calls the file. */
  name: string | undefined
}

/** Throws AppError 400, 413, 415 or 422. */
export async function readUpload(request: Request, max_bytes: number): Promise<Upload> {
  const type = request.headers.get('content-type') ?? ''
  if (/^application\/(json|x-www-form-urlencoded)\b/i.test(type))
    throw new AppError('unsupported', 'body_type_unsupported', {
      en: `Send the file itself or multipart/form-data, not ${type}.`,
      pt: `Envie o próprio arquivo ou multipart/form-data, não ${type}.`,
    })
  const bytes = await readBytes(request, max_bytes)
  if (!/^multipart\/form-data\b/i.test(type)) return { bytes, name: undefined }
  const form = await formOf(bytes, type)
  const [file, ...more] = form.getAll('file')
  if (file instanceof Blob && more.length === 0)
    return { bytes: await file.bytes(), name: (file as File).name || undefined }
  throw new AppError(
    'invalid',
    'validation_failed',
    { en: 'Send one file in the form field `file`.', pt: 'Envie um arquivo no campo `file` do formulário.' },
    {
      errors: [{ path: '/file', message: { en: 'must be one file', pt: 'deve ser um arquivo, e só um' } }],
    },
  )
}

async function formOf(bytes: Uint8Array, type: string) {
  try {
    return await new Response(bytes, { headers: { 'content-type': type } }).formData()
  } catch (cause) {
    throw bodyUnreadable(cause)
  }
}
