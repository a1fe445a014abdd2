import { Ajv, type AnySchemaObject } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { messageOf } from '../../lib/errors.ts'
import type { WholeSchema } from './registry.ts'
import { mismatch, readJson } from './unreadable.ts'

/** Reads JSON that the schema describes; `others`: those that it refers to. Throws where this is no schema. */
export function jsonSchemaReader(text: string, others: WholeSchema['others']): (payload: Uint8Array) => unknown {
  const schema = JSON.parse(text) as AnySchemaObject
  const { $schema = '' } = Object(schema) as { $schema?: string }
  const Draft = /2020-12/.test($schema) ? Ajv2020 : /2019-09/.test($schema) ? Ajv2019 : Ajv
  // As other readers of the registry: words and formats that are not known say nothing.
  const checks = new Draft({ strict: false, validateFormats: false, logger: false })
  for (const other of others) checks.addSchema(JSON.parse(other.schema) as AnySchemaObject, other.name)
  const isValid = checks.compile(schema)
  // Of Ajv alone: it would answer with a promise.
  if ('$async' in isValid) throw new Error('it is asynchronous ($async)')
  /** Of a schema that refers to itself, a value may nest deeper than the stack. */
  const describes = (json: unknown): boolean => {
    try {
      return isValid(json)
    } catch (thrown) {
      throw mismatch(messageOf(thrown), thrown)
    }
  }
  return (payload) => {
    const json = readJson(payload)
    if (describes(json)) return json
    throw mismatch(checks.errorsText(isValid.errors))
  }
}
