/**
 * Uploads that are under way. Each holds its file in memory, read or still arriving, so that only a few may: whoever comes
 * then is told at once to come again, before a byte of the body is taken.
 */
import { AppError } from '../../lib/errors.ts'

const MOST_AT_ONCE = 8

/** A function that does the work of an upload; throws AppError 503 while too many are under way. */
export function createUploads(most = MOST_AT_ONCE): <T>(work: () => Promise<T>) => Promise<T> {
  let under_way = 0
  return async (work) => {
    if (under_way >= most) throw busy(most)
    under_way++
    try {
      return await work()
    } finally {
      under_way--
      // A file leaves behind many short-lived texts, which would else wait, as memory, until the next ones come.
      Bun.gc(false)
    }
  }
}

function busy(most: number): AppError {
  return new AppError(
    'busy',
    'uploads_busy',
    {
      en: `${most} files are being taken in; try again in a moment.`,
      pt: `Já há ${most} arquivos sendo recebidos; tente de novo daqui a pouco.`,
    },
    { retry_after_s: 5 },
  )
}
