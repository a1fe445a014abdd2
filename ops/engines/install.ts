/** Installs servers from the machine's own package sources: Debian, Maven, Go, PyPI. */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { lockFile } from '../../db/engines/embedded/lock-file.ts'

/** Several engines that are installed at once take turns with the package manager, for at most this long. */
const TURN_MS = 15 * 60_000
const INSTALL_MS = 15 * 60_000

/** Installs Debian `packages` unless `file` is there; only as root on a machine with apt. */
export async function installPackages(programs: string, file: string, packages: string[]): Promise<void> {
  if (await Bun.file(file).exists()) return
  const apt = Bun.which('apt-get')
  if (!apt || process.getuid?.() !== 0)
    throw missing(`${file} is missing; install ${packages.join(', ')} (on Debian, as root: apt-get install).`)
  await mkdir(programs, { recursive: true })
  const turn = await lockFile(join(programs, 'apt.lock'), TURN_MS)
  try {
    if (await Bun.file(file).exists()) return
    await run([apt, 'update', '-q'])
    await run([apt, 'install', '-y', '-q', '--no-install-recommends', ...packages])
  } finally {
    turn.release()
  }
  if (!(await Bun.file(file).exists())) throw missing(`${packages.join(', ')} did not bring ${file}.`)
}

/** The path of `command`; throws an Error with `how` to get it. */
export function needCommand(command: string, how: string): string {
  const path = Bun.which(command)
  if (!path) throw missing(`The command ${command} is missing; ${how}.`)
  return path
}

/** Makes `path` by `make(temporary path)`, once: it is there whole or not at all. */
export async function makeOnce(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  if (await Bun.file(path).exists()) return
  await mkdir(join(path, '..'), { recursive: true })
  const turn = await lockFile(`${path}.lock`, TURN_MS)
  try {
    if (await Bun.file(path).exists()) return
    const temporary = `${path}.making`
    await rm(temporary, { recursive: true, force: true })
    await make(temporary)
    await run(['mv', temporary, path])
  } finally {
    turn.release()
  }
}

/** Runs a command to its end; throws an Error with the end of what it printed when it fails. */
export async function run(command: string[], options: { env?: Record<string, string>; cwd?: string } = {}) {
  const child = Bun.spawn(command, {
    ...options,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', ...options.env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: INSTALL_MS,
  })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (code === 0) return out
  const said = `${out}\n${err}`.trim().split('\n').slice(-15).join('\n')
  throw new Error(`${command.slice(0, 4).join(' ')} failed (${code}):\n${said}`)
}

const missing = (detail: string) => new Error(detail)
