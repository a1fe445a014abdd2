/** How the embedded server is set: for a small office that is mostly idle, and never at the price of a lost row. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'

/** Given on the command line, so that a newer Doca tunes an older data folder too. */
const SETTINGS: Record<string, string> = {
  // Durability is not for sale; these are the defaults, and stay so whatever postgresql.conf says.
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',

  // A dozen programs with a pool each; a hundred more connections cost 1.5 MB.
  max_connections: '200',
  // Measured idle: 27 MB PSS with all defaults, 17 MB with these; three I/O workers and one launcher fewer.
  shared_buffers: '32MB',
  io_method: 'sync',
  max_worker_processes: '2',
  // Parallel queries and compilation pay off for reports over millions of rows.
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  // In the data folder: /dev/shm is small or missing in containers, and what a killed server left there would stay.
  dynamic_shared_memory_type: 'mmap',
  // Nothing replicates from here.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  max_wal_size: '256MB',
  min_wal_size: '32MB',
  // The data is small and the disk an SSD.
  random_page_cost: '1.1',

  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  // The log says why the server ended: no statements or values of the office's data in it.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
}

/** In place of those above, for a server whose write-ahead log is kept. Paths are in the environment, which needs no quoting. */
const KEEP_WAL: Record<string, string> = {
  wal_level: 'replica',
  archive_mode: 'on',
  archive_command: 'exec sh "$DOCA_WAL_SCRIPT" keep "%p" "%f"',
  // A disk that dies with the data folder, but not with the backups, costs so many seconds at most.
  archive_timeout: '300',
}

export const FETCH_WAL = 'exec sh "$DOCA_WAL_SCRIPT" fetch "%f" "%p"'

/** The variables of KEEP_WAL and FETCH_WAL. `wal`: the folder that keeps the write-ahead log. */
export const walEnv = (wal: string) => ({ DOCA_WAL: wal, DOCA_WAL_SCRIPT: join(import.meta.dir, 'wal.sh') })

/** The command line that serves `folder` on `port`, loopback only and without a socket file (its path has a length limit). */
export function serverCommand(postgres: string, folder: string, port: number, keepsWal: boolean): string[] {
  const settings = Object.entries({ ...SETTINGS, ...(keepsWal && KEEP_WAL), cluster_name: clusterName(folder) })
  const location = ['-D', folder, '-p', String(port), '-h', '127.0.0.1', '-k', '']
  return [postgres, ...location, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/** In the title of every process of the server: distinguishes it from the server of another folder. */
export function clusterName(folder: string): string {
  return `doca_${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`
}
