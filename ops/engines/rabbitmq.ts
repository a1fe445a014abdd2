/**
 * RabbitMQ from Debian's package: a node with its own name, cookie and port mapper (epmd), so that several run side by side,
 * beside the machine's own.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from 'amqplib'
import type { Engine, Installation } from './engine.ts'
import { installPackages } from './install.ts'

const PROGRAMS = '/usr/lib/rabbitmq/bin'
const SERVER = join(PROGRAMS, 'rabbitmq-server')

export const rabbitmq: Engine = {
  name: 'rabbitmq',
  ports: { rabbitmq: 29_672, nodes: 29_673, epmd: 29_674 },

  install: ({ programs }) => installPackages(programs, SERVER, ['rabbitmq-server']),

  async prepare(installation) {
    const { folder, ports, password } = installation
    await mkdir(join(folder, 'data'), { recursive: true })
    const settings = [
      `listeners.tcp.default = 127.0.0.1:${ports.rabbitmq}`,
      // These three count at the first start only; later they are in the data folder.
      'default_vhost = doca',
      'default_user = doca',
      `default_pass = ${password}`,
      'vm_memory_high_watermark.absolute = 512MB',
      'disk_free_limit.absolute = 50MB',
      'log.console = true',
      'log.console.level = warning',
      'log.file = false',
    ]
    await writeFile(join(folder, 'rabbitmq.conf'), `${settings.join('\n')}\n`, { mode: 0o600 })
    await writeFile(join(folder, 'enabled_plugins'), '[].\n')
    return { command: [SERVER], env: nodeEnvironment(installation) }
  },

  async check({ ports, password }) {
    const connection = await connect(
      { hostname: '127.0.0.1', port: ports.rabbitmq!, username: 'doca', password, vhost: 'doca' },
      { timeout: 5_000 },
    )
    connection.on('error', () => {})
    const { version } = connection.connection.serverProperties
    await connection.close()
    return version
  },

  variables: ({ ports, password }) => ({ QUEUE_URL: `amqp://doca:${password}@127.0.0.1:${ports.rabbitmq}/doca` }),
}

/** The node's administration command, e.g. with `set_disk_free_limit 1TB`, and its environment. */
export function rabbitmqctl(
  installation: Installation,
  words: string[],
): { command: string[]; env: Record<string, string> } {
  return { command: [join(PROGRAMS, 'rabbitmqctl'), ...words], env: nodeEnvironment(installation) }
}

function nodeEnvironment({ folder, ports }: Installation): Record<string, string> {
  return {
    // Names the cookie's folder.
    HOME: folder,
    RABBITMQ_NODENAME: 'doca@localhost',
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(ports.rabbitmq),
    RABBITMQ_DIST_PORT: String(ports.nodes),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'data'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    // Not the machine's own.
    RABBITMQ_CONF_ENV_FILE: join(folder, 'rabbitmq-env.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'advanced.config'),
  }
}
