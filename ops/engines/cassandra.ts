/** Cassandra 5 from its jars: one node on loopback with one token, without the usual waits for other nodes. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { auth, Client } from 'cassandra-driver'
import type { Engine, Installation } from './engine.ts'
import { installJava, JAVA, mavenClasspath } from './maven.ts'

const ARTIFACT = 'org.apache.cassandra:cassandra-all:5.0.5'
/** SimpleSnitch's name of the only data centre. */
const DATACENTER = 'datacenter1'

export const cassandra: Engine = {
  name: 'cassandra',
  ports: { cassandra: 29_042, storage: 29_700, storage_tls: 29_701 },

  async install({ programs }) {
    await installJava(programs)
    await mavenClasspath(programs, ARTIFACT)
  },

  async prepare(installation) {
    const { folder, programs } = installation
    await mkdir(join(folder, 'tmp'), { recursive: true })
    const settings = join(folder, 'cassandra.yaml')
    await writeFile(settings, yaml(installation), { mode: 0o600 })
    await writeFile(join(folder, 'logback.xml'), LOGBACK)
    return {
      command: [
        JAVA,
        '-Xms256m',
        '-Xmx768m',
        '-XX:MaxDirectMemorySize=256m',
        '-XX:+ExitOnOutOfMemoryError',
        ...OPENED.map((module) => `--add-opens=${module}=ALL-UNNAMED`),
        ...EXPORTED.map((module) => `--add-exports=${module}=ALL-UNNAMED`),
        '-Djdk.attach.allowAttachSelf=true',
        // Native libraries are unpacked there, and stay after a kill.
        `-Djava.io.tmpdir=${join(folder, 'tmp')}`,
        `-Djna.tmpdir=${join(folder, 'tmp')}`,
        `-Dlogback.configurationFile=${join(folder, 'logback.xml')}`,
        `-Dcassandra.config=${pathToFileURL(settings).href}`,
        `-Dcassandra.storagedir=${join(folder, 'data')}`,
        `-Dcassandra.logdir=${folder}`,
        '-Dcassandra-foreground=yes',
        // There is no other node to wait for or to copy from.
        '-Dcassandra.ring_delay_ms=1',
        '-Dcassandra.skip_wait_for_gossip_to_settle=0',
        '-Dcassandra.superuser_setup_delay_ms=0',
        '-cp',
        await mavenClasspath(programs, ARTIFACT),
        'org.apache.cassandra.service.CassandraDaemon',
      ],
    }
  },

  async check({ ports, password }) {
    try {
      return await ask(ports.cassandra!, 'doca', password, version)
    } catch (thrown) {
      if (!/credentials|password|username/i.test(reason(thrown))) throw thrown
      // At the first start there is only Cassandra's own superuser; ours replaces it.
      await ask(ports.cassandra!, 'cassandra', 'cassandra', (client) =>
        client.execute(`create role if not exists doca with superuser = true and login = true
          and password = '${password}'`),
      )
      return await ask(ports.cassandra!, 'doca', password, async (client) => {
        await client.execute('drop role if exists cassandra')
        return version(client)
      })
    }
  },

  variables: ({ ports, password }) => ({
    HISTORY_URL: `cassandra://doca:${password}@127.0.0.1:${ports.cassandra}/doca?dc=${DATACENTER}`,
  }),
}

async function ask<T>(port: number, user: string, password: string, question: (client: Client) => Promise<T>) {
  const client = new Client({
    contactPoints: [`127.0.0.1:${port}`],
    protocolOptions: { port },
    localDataCenter: DATACENTER,
    authProvider: new auth.PlainTextAuthProvider(user, password),
    isMetadataSyncEnabled: false,
  })
  try {
    await client.connect()
    return await question(client)
  } finally {
    await client.shutdown()
  }
}

async function version(client: Client): Promise<string> {
  const { rows } = await client.execute('select release_version from system.local')
  return String(rows[0]!.get('release_version'))
}

/** The driver's reasons are in an error per host. */
function reason(thrown: unknown): string {
  const inner = (thrown as { innerErrors?: Record<string, Error> }).innerErrors ?? {}
  return [thrown, ...Object.values(inner)].map(String).join(' ')
}

/**
 * commitlog_sync: an answer must mean that the row is on disk, since no second node has it. With `periodic`, the default,
 * the answer comes up to 10 s earlier: a kill of the process loses nothing then (4,001 of 4,001 rows were there), but a
 * power cut does. With `batch` concurrent writers share an fsync; concurrent_writes is how many may wait for it.
 */
const yaml = ({ folder, ports }: Installation) => `
cluster_name: doca
num_tokens: 1
auto_bootstrap: false
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
endpoint_snitch: SimpleSnitch
authenticator: PasswordAuthenticator
authorizer: CassandraAuthorizer
role_manager: CassandraRoleManager
credentials_update_interval: 1s
permissions_validity: 1s
roles_validity: 1s
credentials_validity: 1s
commitlog_sync: batch
concurrent_writes: 128
auto_snapshot: false
commitlog_segment_size: 16MiB
commitlog_total_space: 256MiB
memtable_heap_space: 128MiB
memtable_offheap_space: 128MiB
file_cache_size: 32MiB
key_cache_size: 16MiB
concurrent_compactors: 1
listen_address: 127.0.0.1
rpc_address: 127.0.0.1
storage_port: ${ports.storage}
ssl_storage_port: ${ports.storage_tls}
native_transport_port: ${ports.cassandra}
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters:
      - seeds: "127.0.0.1:${ports.storage}"
data_file_directories:
  - ${JSON.stringify(join(folder, 'data', 'tables'))}
commitlog_directory: ${JSON.stringify(join(folder, 'data', 'commitlog'))}
hints_directory: ${JSON.stringify(join(folder, 'data', 'hints'))}
saved_caches_directory: ${JSON.stringify(join(folder, 'data', 'saved_caches'))}
cdc_raw_directory: ${JSON.stringify(join(folder, 'data', 'cdc_raw'))}
`

/** Without one it logs every step. */
const LOGBACK = `<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d{ISO8601} %-5level %logger{0} - %msg%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="OUT"/></root>
</configuration>
`

/** As in Cassandra's own start script for Java 17. */
const OPENED = [
  'java.base/java.io',
  'java.base/java.lang',
  'java.base/java.lang.module',
  'java.base/java.lang.reflect',
  'java.base/java.math',
  'java.base/java.net',
  'java.base/java.nio',
  'java.base/java.util',
  'java.base/java.util.concurrent',
  'java.base/java.util.concurrent.atomic',
  'java.base/jdk.internal.loader',
  'java.base/jdk.internal.math',
  'java.base/jdk.internal.module',
  'java.base/jdk.internal.ref',
  'java.base/jdk.internal.reflect',
  'java.base/jdk.internal.util.jar',
  'java.base/sun.nio.ch',
  'java.rmi/sun.rmi.transport.tcp',
  'jdk.management/com.sun.management.internal',
]
const EXPORTED = [
  'java.base/java.lang.ref',
  'java.base/jdk.internal.misc',
  'java.base/jdk.internal.ref',
  'java.base/sun.nio.ch',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server',
  'java.rmi/sun.rmi.transport.tcp',
  'java.sql/java.sql',
  'jdk.compiler/com.sun.tools.javac.api',
]
