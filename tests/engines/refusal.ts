import { AppError } from '../../lib/errors.ts'

/** The sentence of the AppError engine_refused that `call` ends with; anything else is thrown. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  const thrown = await call.then(
    () => new Error('it was not refused'),
    (err: unknown) => err,
  )
  if (thrown instanceof AppError && thrown.code === 'engine_refused') return thrown.message
  throw thrown
}
