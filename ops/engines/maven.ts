/**
 * Servers as jars: Maven finds what an artifact needs and keeps it in its own repository; we keep only the list of files.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { installPackages, makeOnce, run } from './install.ts'

/** By its path: a machine may have other versions, and Cassandra 5 starts on no later one. */
export const JAVA = `/usr/lib/jvm/java-17-openjdk-${process.arch === 'arm64' ? 'arm64' : 'amd64'}/bin/java`
const MAVEN = '/usr/bin/mvn'

/** Java 17 and Maven; quick when both are there. */
export async function installJava(programs: string): Promise<void> {
  await installPackages(programs, JAVA, ['openjdk-17-jre-headless'])
  await installPackages(programs, MAVEN, ['maven'])
}

/**
 * The classpath of `artifact` (`group:name:version`) with its dependencies, downloaded where they are missing. Asking Maven
 * takes seconds, so its answer is kept in `programs` for as long as the files in it exist.
 */
export async function mavenClasspath(programs: string, artifact: string): Promise<string> {
  const list = join(programs, `${artifact.replaceAll(':', '-')}.classpath`)
  if (existsSync(list) && !(await isWhole(list))) await rm(list, { force: true })
  await makeOnce(list, async (temporary) => {
    const folder = `${temporary}.project`
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'pom.xml'), pom(artifact))
    const options = ['-q', '-B', 'dependency:build-classpath', `-Dmdep.outputFile=${temporary}`]
    await run([MAVEN, ...options], { cwd: folder })
    await rm(folder, { recursive: true })
  })
  return (await readFile(list, 'utf8')).trim()
}

async function isWhole(list: string): Promise<boolean> {
  return (await readFile(list, 'utf8')).trim().split(':').every(existsSync)
}

function pom(artifact: string): string {
  const [group, name, version] = artifact.split(':')
  if (!group || !name || !version) throw new Error(`${artifact} is no group:name:version.`)
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>doca</groupId><artifactId>engine</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>
  </dependencies>
</project>
`
}
