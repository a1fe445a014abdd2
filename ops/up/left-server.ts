import type { DbConfig } from '../../db/engines/config.ts'

/** A program that was killed could not leave the embedded server; joining and leaving it once stops it. */
export async function stopLeftServer(config: DbConfig): Promise<void> {
  if (config.database_url) return
  // Loaded only here: it is rarely needed, and `up` is to stay small.
  const { joinEmbedded } = await import('../../db/engines/embedded/index.ts')
  const server = await joinEmbedded({ data_dir: config.data_dir, port: config.embedded_port })
  await server.leave()
}
