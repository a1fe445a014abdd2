/**
 * The schema of a job's conf, as the job's file declares it and as JSON in the database, for the programs that never
 * read that file. TypeBox's schemas are JSON Schema plus a symbol for each node's kind, which JSON drops and which is
 * put back here; so the check, its defaults and its sentences are the same everywhere (check-conf.ts).
 */
import type { TSchema } from '@sinclair/typebox'
import type { JSONValue } from 'postgres'
import { sentenceOf } from '../../lib/errors.ts'
import type { Translated } from '../../lib/texts.ts'
import { FORMATS } from './formats.ts'

/** The symbols that TypeBox marks its schemas with; by their names, since importing TypeBox takes longer than many a job. */
const KIND = Symbol.for('TypeBox.Kind')
const OPTIONAL = Symbol.for('TypeBox.Optional')
const TRANSFORM = Symbol.for('TypeBox.Transform')

type Node = Record<string, unknown> & { [KIND]?: string }

/** The schema as JSON, and what is wrong with it: what would mean something else once it has been JSON. */
export function storableSchema(schema: unknown): { json: JSONValue } | { problem: Translated } {
  if (!isNode(schema) || !['Object', 'Record', 'Union', 'Intersect'].includes(schema[KIND] ?? ''))
    return {
      problem: {
        en: 'conf must be a schema made with Type.Object({ … }) of @sinclair/typebox.',
        pt: 'conf deve ser um schema feito com Type.Object({ … }) de @sinclair/typebox.',
      },
    }
  let problem: Translated | undefined
  let json: Node
  try {
    // A key that the job does not know is a typing error, unless the schema says that others are welcome.
    json = JSON.parse(JSON.stringify({ ...(schema[KIND] === 'Object' && { additionalProperties: false }), ...schema }))
    compare(schema, '')
  } catch (thrown) {
    const why = sentenceOf(thrown)
    return {
      problem: {
        en: `conf cannot be kept as JSON: ${why.en}.`,
        pt: `conf não pode ser guardado como JSON: ${why.pt}.`,
      },
    }
  }
  return problem === undefined ? { json: json as JSONValue } : { problem }

  function compare(node: Node, path: string): void {
    const kind = node[KIND]
    // A template literal is a text with a pattern to everybody else.
    const same = kindOf(node) === (kind === 'TemplateLiteral' ? 'String' : kind === 'Any' ? 'Unknown' : kind)
    const where = path === '' ? { en: 'conf', pt: 'conf' } : { en: `conf at ${path}`, pt: `conf em ${path}` }
    if (!same || TRANSFORM in node)
      problem ??= {
        en: `${where.en} uses a kind of schema (${kind}) that JSON does not have.`,
        pt: `${where.pt} usa um tipo de schema (${kind}) que não existe em JSON.`,
      }
    const formats = [...FORMATS.keys()].join(', ')
    if (typeof node.format === 'string' && !FORMATS.has(node.format))
      problem ??= {
        en: `${where.en} uses the format ${node.format}; use one of ${formats}.`,
        pt: `${where.pt} usa o formato ${node.format}; use um destes: ${formats}.`,
      }
    const given = JSON.stringify(node.default)
    if ('default' in node && !mayFit(node, node.default))
      problem ??= {
        en: `${where.en} has a default that it would refuse itself: ${given}.`,
        pt: `${where.pt} tem um default que ele mesmo recusaria: ${given}.`,
      }
    for (const [name, part] of partsOf(node)) compare(part, `${path}/${name}`)
  }
}

/**
 * Whether a schema may take its own default, as far as its kind and its limits say: a misprint, which would let every
 * scheduled run fail. All of it is checked when a run starts.
 */
function mayFit(node: Node, value: unknown): boolean {
  const {
    minimum = -Infinity,
    maximum = Infinity,
    minLength = 0,
    maxLength = Infinity,
  } = node as Record<string, number>
  const inRange = () => (value as number) >= minimum && (value as number) <= maximum
  switch (node[KIND]) {
    case 'Integer':
      return Number.isInteger(value) && inRange()
    case 'Number':
      return typeof value === 'number' && inRange()
    case 'String':
      return typeof value === 'string' && value.length >= minLength && value.length <= maxLength
    case 'Boolean':
      return typeof value === 'boolean'
    case 'Null':
      return value === null
    case 'Literal':
      return value === node.const
    case 'Array':
      return Array.isArray(value)
    case 'Object':
    case 'Record':
      return isRecord(value)
    case 'Union':
      return (node.anyOf as Node[]).some((one) => mayFit(one, value))
    default:
      return true
  }
}

/** Required keys without a default, which a scheduled run, without a conf, cannot have. */
export function missingDefaults(schema: JSONValue | null): string[] {
  const { required = [], properties = {} } = Object(schema) as {
    required?: string[]
    properties?: Record<string, Node>
  }
  return required.filter((name) => !('default' in (properties[name] ?? {})))
}

/** A schema that has been JSON, as TypeBox knows it. */
export function revivedSchema(json: JSONValue): TSchema {
  return revive(structuredClone(json) as unknown as Node) as unknown as TSchema
}

/** Puts back, in place, the marks that JSON has dropped. */
function revive(node: Node): Node {
  const kind = kindOf(node)
  if (kind !== undefined) Object.defineProperty(node, KIND, { value: kind })
  for (const [, part] of partsOf(node)) revive(part)
  if (isRecord(node.properties))
    for (const [name, part] of Object.entries(node.properties))
      if (!(node.required as string[] | undefined)?.includes(name))
        Object.defineProperty(part, OPTIONAL, { value: 'Optional' })
  return node
}

function kindOf(node: Node): string | undefined {
  if ('$ref' in node || '$recursiveRef' in node) return undefined
  if ('const' in node) return 'Literal'
  if ('anyOf' in node) return 'Union'
  if ('allOf' in node) return 'Intersect'
  if ('not' in node) return 'Not'
  if (node.type === 'object') return 'patternProperties' in node ? 'Record' : 'Object'
  // An empty tuple has no items.
  if (node.type === 'array') return Array.isArray(node.items) || node.items === undefined ? 'Tuple' : 'Array'
  if (node.type === undefined) return Object.keys(node).some((key) => ASSERTS.has(key)) ? undefined : 'Unknown'
  return SIMPLE[node.type as string]
}

const SIMPLE: Record<string, string> = {
  string: 'String',
  number: 'Number',
  integer: 'Integer',
  boolean: 'Boolean',
  null: 'Null',
}
/** A schema without a type that says one of these is of a kind that we do not know. */
const ASSERTS = new Set(['enum', 'properties', 'items', 'oneOf', 'if', 'pattern', 'minimum', 'maximum'])

/** The schemas that a schema is made of, each under its name. */
function partsOf(node: Node): Array<[string, Node]> {
  const parts: Array<[string, unknown]> = []
  for (const key of ['properties', 'patternProperties']) parts.push(...Object.entries(Object(node[key]) as object))
  for (const key of ['anyOf', 'allOf', 'items'])
    if (Array.isArray(node[key]))
      parts.push(...(node[key] as unknown[]).map((part, i) => [String(i), part] as [string, unknown]))
  for (const key of ['items', 'additionalProperties', 'unevaluatedProperties', 'not', 'contains'])
    if (isRecord(node[key])) parts.push([key, node[key]])
  return parts.filter((part): part is [string, Node] => isNode(part[1]))
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isNode = (value: unknown): value is Node => isRecord(value)
