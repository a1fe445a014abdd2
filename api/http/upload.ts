/** Uploaded files: the raw body, or the field `file` of a form. */
import { AppError } from '../../lib/errors.ts'
import { readBytes } from './body.ts'
import { filesOf } from './form-file.ts'

/** Each upload holds its file in memory, so only a few may be under way. */
const MAX_CONCURRENT = 8

/**
 * Returns a function that runs the work of one upload. Throws AppError uploads_busy, before a byte of the body is read,
 * while `max_concurrent` are under way.
 */
export function createUploads(max_concurrent = MAX_CONCURRENT): <T>(work: () => Promise<T>) => Promise<T> {
  let under_way = 0
  return async (work) => {
    if (under_way >= max_concurrent) throw busy(max_concurrent)
    under_way++
    try {
      return await work()
    } finally {
      under_way--
      // A file leaves many short-lived strings behind, which would stay in memory until the next upload.
      Bun.gc(false)
    }
  }
}

function busy(max_concurrent: number): AppError {
  return new AppError(
    'busy',
    'uploads_busy',
    {
      en: `${max_concurrent} files are being taken in; try again in a moment.`,
      pt: `Já há ${max_concurrent} arquivos sendo recebidos; tente de novo daqui a pouco.`,
    },
    { retry_after_s: 5 },
  )
}

export interface Upload {
  bytes: Uint8Array
  /** The file's name in a form. */
  name: string | undefined
}

/** For routes with `body: 'upload'`. Throws AppError malformed, too_large, unsupported or invalid. */
export async function readUpload(request: Request): Promise<Upload> {
  const type = request.headers.get('content-type') ?? ''
  if (/^application\/(json|x-www-form-urlencoded)\b/i.test(type))
    throw new AppError('unsupported', 'body_type_unsupported', {
      en: `Send the file itself or multipart/form-data, not ${type}.`,
      pt: `Envie o próprio arquivo ou multipart/form-data, não ${type}.`,
    })
  const bytes = await readBytes(request)
  if (!/^multipart\/form-data\b/i.test(type)) return { bytes, name: undefined }
  const [file, ...more] = filesOf(bytes, type, 'file')
  if (file && more.length === 0) return { bytes: file.bytes, name: file.name || undefined }
  throw new AppError(
    'invalid',
    'validation_failed',
    { en: 'Send one file in the form field `file`.', pt: 'Envie um arquivo no campo `file` do formulário.' },
    { errors: [{ path: '/file', message: { en: 'must be one file', pt: 'deve ser um arquivo, e só um' } }] },
  )
}
