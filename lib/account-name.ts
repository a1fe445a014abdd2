/** The person at this machine, by the name of their account. */
import { spawnSync } from 'node:child_process'

/**
 * The account that this process runs as; after sudo, whose it was before. Bun's `userInfo` says what the variable USER says, which
 * cron, systemd and containers leave unset.
 */
export function accountName(env: NodeJS.ProcessEnv = process.env): string {
  const { stdout, status } = spawnSync('id', ['-un'], { encoding: 'utf8' })
  // An account without a name, as in many containers, has a number.
  const account = status === 0 && stdout.trim() ? stdout.trim() : `uid ${process.getuid?.() ?? 'unknown'}`
  const { SUDO_USER: before } = env
  return before && before !== account ? `${before} as ${account}` : account
}
