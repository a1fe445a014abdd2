/** A server for `bun run engines`: how to install, run and check it. */

export interface Engine {
  name: string
  /** Preferred ports by use; clients connect to the first. Taken ones are replaced by free ones, and remembered. */
  ports: Record<string, number>
  /** Installs missing programs; quick when none is. Throws AppError that says what to install by hand. */
  install(installation: Installation): Promise<void>
  /** Makes its folder ready (configuration, formatting); returns how to run it in the foreground. */
  prepare(installation: Installation): Promise<Run>
  /** Ends it cleanly; SIGTERM unless given. */
  stop_signal?: NodeJS.Signals
  /** Resolves with its version once it serves clients; called repeatedly while it starts. */
  check(installation: Installation): Promise<string>
  /** Environment variables for the programs that use it, e.g. CACHE_URL. */
  variables(installation: Installation): Record<string, string>
}

export interface Run {
  command: string[]
  env?: Record<string, string>
}

/** One engine on this machine. */
export interface Installation {
  /** Its data, configuration and pid; its own. */
  folder: string
  /** Folder of built or downloaded programs, shared by all engines. */
  programs: string
  ports: Record<string, number>
  /** A generated password, the same at every start. */
  password: string
}
