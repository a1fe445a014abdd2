/** What `bun run engines` knows of each server: how to get it, how to run it, how to see that it serves. */

export interface Engine {
  name: string
  /** Ports it would like, by use; the first is where clients go. Taken ones are replaced by free ones, and remembered. */
  ports: Record<string, number>
  /** Gets what is missing; quick when nothing is. Throws AppError that says what to install by hand. */
  install(place: Place): Promise<void>
  /** Makes its folder ready (configuration, formatting) and says how to run it in the foreground. */
  prepare(place: Place): Promise<Run>
  /** Ends it cleanly; SIGTERM where not said. */
  stop_signal?: NodeJS.Signals
  /** Resolves with its version once it serves clients; asked again and again while it starts. */
  check(place: Place): Promise<string>
  /** What programs need in their environment to use it, e.g. CACHE_URL. */
  variables(place: Place): Record<string, string>
}

export interface Run {
  command: string[]
  env?: Record<string, string>
}

/** Where one engine lives. */
export interface Place {
  /** Its data, configuration and pid; its own. */
  folder: string
  /** Programs that were built or downloaded, shared by all engines. */
  programs: string
  ports: Record<string, number>
  /** A generated password, the same at every start. */
  password: string
}
