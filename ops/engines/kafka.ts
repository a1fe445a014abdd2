/**
 * Kafka 4 from its jars: one node that is broker and controller (KRaft), on loopback. Clients sign in as `doca`, which may do
 * everything; `guest`, with the same password, has no rights until it gets some: tests of missing rights use it.
 */
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import type { Engine, Installation } from './engine.ts'
import { run } from './install.ts'
import { installJava, JAVA, mavenClasspath } from './maven.ts'

const VERSION = '4.1.0'
/** The server, and the printer of its log. */
const ARTIFACTS = [`org.apache.kafka:kafka_2.13:${VERSION}`, 'org.slf4j:slf4j-simple:1.7.36']
/** 22 characters of base64; there is one node, so any will do. */
const CLUSTER_ID = 'ZG9jYS1lbmdpbmUta2Fma2'

export const kafka: Engine = {
  name: 'kafka',
  ports: { kafka: 29_092, controller: 29_093 },

  async install({ programs }) {
    await installJava(programs)
    await classpath(programs)
  },

  async prepare(installation) {
    const { folder, programs } = installation
    await mkdir(folder, { recursive: true })
    const settings = join(folder, 'server.properties')
    await writeFile(settings, properties(installation), { mode: 0o600 })
    const java = [
      JAVA,
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
      '-Dorg.slf4j.simpleLogger.showDateTime=true',
      '-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS',
      '-Djava.awt.headless=true',
      '-cp',
      await classpath(programs),
    ]
    if (!existsSync(join(folder, 'data', 'meta.properties')))
      await run([...java, 'kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', settings])
    const memory = ['-Xms256m', '-Xmx512m', '-XX:MaxDirectMemorySize=256m', '-XX:+ExitOnOutOfMemoryError']
    return { command: [java[0]!, ...memory, ...java.slice(1), 'kafka.Kafka', settings] }
  },

  async check({ ports, password }) {
    const admin = new Kafka({
      brokers: [`127.0.0.1:${ports.kafka}`],
      sasl: { mechanism: 'plain', username: 'doca', password },
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
    }).admin()
    try {
      await admin.connect()
      const { brokers, controller } = await admin.describeCluster()
      if (brokers.length === 0 || controller === null) throw new Error('the broker is not registered yet')
      return VERSION
    } finally {
      await admin.disconnect()
    }
  },

  variables: ({ ports, password }) => ({ STREAM_URL: `kafka://doca:${password}@127.0.0.1:${ports.kafka}` }),
}

async function classpath(programs: string): Promise<string> {
  const lists: string[] = []
  for (const artifact of ARTIFACTS) lists.push(await mavenClasspath(programs, artifact))
  return lists.join(':')
}

const properties = ({ folder, ports, password }: Installation) => `
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${ports.controller}
controller.listener.names=CONTROLLER
listeners=CLIENTS://127.0.0.1:${ports.kafka},CONTROLLER://127.0.0.1:${ports.controller}
advertised.listeners=CLIENTS://127.0.0.1:${ports.kafka}
listener.security.protocol.map=CLIENTS:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENTS
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
listener.name.clients.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \\
  username="doca" password="${password}" user_doca="${password}" user_guest="${password}";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:doca;User:ANONYMOUS
log.dirs=${join(folder, 'data').replaceAll('\\', '\\\\')}
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
# Tests wait until a dead member's partitions are taken over.
group.min.session.timeout.ms=500
group.coordinator.rebalance.protocols=classic
log.segment.bytes=67108864
log.cleaner.dedupe.buffer.size=16777216
log.index.size.max.bytes=1048576
num.network.threads=2
num.io.threads=4
num.recovery.threads.per.data.dir=2
`
