/** What the compose test needs of the machine: Debian's packages for podman, podman-compose, and a base image. */
import { join } from 'node:path'
import { makeOnce, run } from '../../ops/engines/install.ts'
import { installJava } from '../../ops/engines/maven.ts'
import type { Podman } from './podman.ts'

const PACKAGES = 'podman runc netavark aardvark-dns catatonit iptables debootstrap python3-venv'
const PODMAN_COMPOSE = 'podman-compose==1.6.0'
export const DEBIAN = 'docker.io/library/debian:bookworm-slim'

/** Throws AppError that says why this machine cannot run the test. */
export function refuseWhereImpossible(): void {
  const reason =
    process.platform !== 'linux'
      ? 'this is not Linux'
      : process.getuid?.() !== 0
        ? 'it is not run as root'
        : !Bun.which('apt-get')
          ? 'there is no apt-get'
          : undefined
  if (reason)
    throw new Error(
      `The compose test installs podman and starts containers with limits, so it runs as root on Debian 12; ${reason}.`,
    )
}

/** Installs what is missing; quick when nothing is. */
export async function installMachine(cache: string): Promise<void> {
  const missing = PACKAGES.split(' ').filter((name) => !isInstalled(name))
  if (missing.length > 0) {
    await run(['apt-get', 'update', '-q'])
    await run(['apt-get', 'install', '-y', '-q', '--no-install-recommends', ...missing])
  }
  await installJava(cache)
  await makeOnce(join(cache, PODMAN_COMPOSE), async (temporary) => {
    const venv = join(cache, 'venv')
    await run(['/usr/bin/python3', '-m', 'venv', '--clear', venv])
    await run([join(venv, 'bin/pip'), 'install', '-q', PODMAN_COMPOSE])
    await Bun.write(temporary, '')
  })
}

function isInstalled(name: string): boolean {
  const { stdout } = Bun.spawnSync(['dpkg-query', '-W', '-f', '${db:Status-Status}', name], { stderr: 'ignore' })
  return stdout.toString() === 'installed'
}

/** Debian as its image has it, from the mirror that apt uses. */
export async function makeBaseImage(cache: string, podman: Podman): Promise<void> {
  const archive = join(cache, 'bookworm.tar')
  await makeOnce(archive, async (temporary) => {
    const targets = await run(['apt-get', 'indextargets', '--format', '$(REPO_URI)', 'Codename: bookworm'])
    const mirror = targets.split('\n')[0]
    if (!mirror) throw new Error('apt has no source for Debian 12 (bookworm); add one.')
    const root = `${temporary}.root`
    await run(['debootstrap', '--variant=minbase', 'bookworm', root, mirror])
    await run(['tar', '-C', root, '-c', '-f', temporary, '.'])
    await run(['rm', '-rf', root])
  })
  if (!(await podman.has(DEBIAN))) await podman.run(['import', '-q', archive, DEBIAN])
}
