/** The configuration of every program at once, so that `up` and `doctor` list all problems before any program starts. */
import { readApiConfig, type ApiConfig } from '../api/config.ts'
import { readChartsConfig, type ChartsConfig } from '../charts/config.ts'
import { readConsumersConfig, type ConsumersConfig } from '../consumers/config.ts'
import { readJobsConfig, type JobsConfig } from '../jobs/config.ts'
import { ConfigError, type Env } from '../lib/env.ts'

export interface AllConfigs {
  api: ApiConfig
  jobs: JobsConfig
  consumers: ConsumersConfig
  charts: ChartsConfig
}

/** Reads all of them; throws one ConfigError with every distinct problem. */
export function readAllConfigs(env: Env): AllConfigs {
  const problems: string[] = []
  function read<T>(readOne: (env: Env) => T): T {
    try {
      return readOne(env)
    } catch (thrown) {
      if (!(thrown instanceof ConfigError)) throw thrown
      problems.push(...thrown.problems)
      // Never used: the problems are thrown below.
      return undefined as T
    }
  }
  const configs = {
    api: read(readApiConfig),
    jobs: read(readJobsConfig),
    consumers: read(readConsumersConfig),
    charts: read(readChartsConfig),
  }
  if (problems.length > 0) throw new ConfigError([...new Set(problems)])
  return configs
}
