/**
 * The format of an archive: a tar file, compressed by zstd, and with BACKUP_KEY encrypted by age with that passphrase, so that
 * `age -d FILE | zstd -d | tar x` opens it on a machine without Doca. It begins with about.json and ends with manifest.json;
 * in between a table is a sequence of members (COPY's text, cut anywhere), an object is one member, and after every few
 * thousand members an index says the SHA-256 of each. Nothing has to be held in memory to write or to check one.
 */
import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { AppError } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'
import { isKey } from '../engines/objects/key.ts'

export const FORMAT = 'doca-backup'
/** 2: definitions in place of the shapes of tables. */
export const FORMAT_VERSION = 2

export const ABOUT = 'about.json'
export const MANIFEST = 'manifest.json'

const count = Type.Integer({ minimum: 0 })
const sha256 = Type.String({ pattern: /^[0-9a-f]{64}$/.source })

export const About = Type.Object({
  format: Type.Literal(FORMAT),
  format_version: Type.Integer(),
  doca_version: Type.String(),
  created_at: Type.String(),
})

const Column = Type.Object({
  name: Type.String(),
  /** With its collation, where that is not the type's own. */
  type: Type.String(),
  /** The name of its constraint, empty where servers before 18 have none; null: it may be null. */
  not_null: Type.Union([Type.String(), Type.Null()]),
  generated: Type.Union([Type.String(), Type.Null()]),
  identity: Type.Union([Type.String(), Type.Null()]),
})
export type Column = Static<typeof Column>

/** Something that can be made again by its statements. */
const Definition = Type.Object({
  /** As pg_identify_object says them. */
  kind: Type.String(),
  name: Type.String(),
  statements: Type.Array(Type.String()),
  /** Of a table, whose first statement lacks them and the options that follow. */
  columns: Type.Optional(Type.Array(Column)),
  options: Type.Optional(Type.String()),
  after_rows: Type.Boolean(),
})
export type Definition = Static<typeof Definition>

/** A table of an archive of format 1. */
export const TableShape = Type.Object({
  columns: Type.Array(
    Type.Object({
      name: Type.String(),
      type: Type.String(),
      not_null: Type.Boolean(),
      /** As PostgreSQL has it: always, by default. */
      identity: Type.Union([Type.Literal(''), Type.Literal('a'), Type.Literal('d')]),
      default: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
  keys: Type.Array(Type.Object({ primary: Type.Boolean(), columns: Type.Array(Type.String()) })),
  /** Its other parts, by name. */
  others: Type.Array(Type.String()),
})
export type TableShape = Static<typeof TableShape>

export const DumpedTable = Type.Object({
  schema: Type.String(),
  name: Type.String(),
  columns: Type.Array(Type.String()),
  rows: count,
  /** Of COPY's text, and its SHA-256. */
  size_bytes: count,
  sha256,
  /** Of format 1. */
  shape: Type.Optional(TableShape),
})
export type DumpedTable = Static<typeof DumpedTable>

export const DumpedDatabase = Type.Object({
  name: Type.String({ pattern: /^[a-z][a-z0-9_]{0,40}$/.source }),
  /** PostgreSQL's, as it says it. */
  server_version: Type.String(),
  /** Its schema version: the migrations it had, oldest first, by the time in their journal. */
  level: Type.Array(Type.Object({ when: count, hash: Type.String() })),
  tables: Type.Array(DumpedTable),
  sequences: Type.Array(
    Type.Object({ schema: Type.String(), name: Type.String(), last_value: Type.String(), is_called: Type.Boolean() }),
  ),
  /** In an order in which they can be made. */
  definitions: Type.Optional(Type.Array(Definition)),
  /** What was in the database and cannot be made again, by name. */
  not_carried: Type.Optional(Type.Array(Type.String())),
})
export type DumpedDatabase = Static<typeof DumpedDatabase>
export type SchemaVersion = DumpedDatabase['level']

export const Manifest = Type.Object({
  created_at: Type.String(),
  databases: Type.Array(DumpedDatabase),
  objects: Type.Object({
    count,
    size_bytes: count,
    /** Members, by their position, that hold half an object: it changed while it was read, and was read again. */
    spoiled: Type.Array(count),
    /** Keys that were listed and gone, or never stood still; at most a thousand are named. */
    missing: Type.Array(Type.String()),
    missing_count: count,
  }),
  secrets: Type.Array(Type.String()),
  /** Members before this one, and their bytes inflated. */
  members: count,
  size_bytes: count,
  /** SHA-256 of each index, in order. */
  indexes: Type.Array(sha256),
})
export type Manifest = Static<typeof Manifest>

/** One line of an index. */
export const IndexLine = Type.Object({ name: Type.String(), size_bytes: count, sha256 })

/** Reads a JSON member; throws AppError when it is not what `schema` says. */
export function readJson<S extends Parameters<typeof Value.Check>[0]>(
  schema: S,
  bytes: Uint8Array,
  name: string,
): Static<S> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw damaged({ en: `${name} is no JSON`, pt: `${name} não é JSON` }, cause)
  }
  if (Value.Check(schema, value)) return value
  const first = Value.Errors(schema, value).First()
  const where = first ? `: ${first.path || '/'} ${first.message}` : ''
  throw damaged({ en: `${name} does not fit${where}`, pt: `${name} não tem o formato esperado${where}` })
}

export const damaged = (why: Translated, cause?: unknown) =>
  new AppError(
    'invalid',
    'backup_damaged',
    {
      en: `The archive is damaged: ${why.en}. Nothing was changed; take another backup.`,
      pt: `O arquivo de backup está danificado: ${why.pt}. Nada foi alterado; use outro backup.`,
    },
    {
      cause,
    },
  )

export type Member =
  | { kind: 'about' | 'manifest' | 'index' }
  | { kind: 'table'; database: string; schema: string; table: string }
  | { kind: 'object'; key: string }
  | { kind: 'secret'; name: string }

const SAFE = "[A-Za-z0-9_.%~!*()'-]+"
const TABLE_MEMBER = new RegExp(`^sql/([a-z][a-z0-9_]{0,40})/(${SAFE})/(${SAFE})/\\d{6,9}\\.copy$`)

export const tableMember = (database: string, schema: string, table: string, part: number) =>
  `sql/${database}/${encodeURIComponent(schema)}/${encodeURIComponent(table)}/${number(part)}.copy`
export const indexMember = (n: number) => `index/${number(n)}.ndjson`
export const objectMember = (key: string) => `objects/${key}`
export const secretMember = (name: string) => `secrets/${name}`

const number = (n: number) => String(n).padStart(6, '0')

/** The member that a name stands for; null for any name that we do not write, such as one that leads out of its folder. */
export function memberOf(name: string): Member | null {
  if (name === ABOUT) return { kind: 'about' }
  if (name === MANIFEST) return { kind: 'manifest' }
  if (/^index\/\d{6,9}\.ndjson$/.test(name)) return { kind: 'index' }
  const [, database, schema, table] = TABLE_MEMBER.exec(name) ?? []
  if (database && schema && table)
    try {
      return { kind: 'table', database, schema: decodeURIComponent(schema), table: decodeURIComponent(table) }
    } catch {
      return null
    }
  if (name.startsWith('objects/')) return isKey(name.slice(8)) ? { kind: 'object', key: name.slice(8) } : null
  const secret = /^secrets\/([a-z0-9_]{1,64})$/.exec(name)?.[1]
  return secret ? { kind: 'secret', name: secret } : null
}
