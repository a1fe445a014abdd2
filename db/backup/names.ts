/** Names in statements. postgres.js takes a dot in a name for the end of a schema's: it may quote none that people chose. */

export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

/** The whole name of a table or sequence; also a key for maps, since no other has it. */
export const nameOf = ({ schema, name }: { schema: string; name: string }) => `${quoted(schema)}.${quoted(name)}`
