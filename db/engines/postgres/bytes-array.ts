/**
 * The text of a bytea[] parameter, to be written `${bytesArray(items)}::bytea[]`. Given the array itself, postgres.js
 * takes it for one bytea; and what `sql.array` makes of it in a connection's first statement is wrong as well (3.4.9).
 */
export function bytesArray(items: Array<Uint8Array | null>): string {
  return `{${items.map((item) => (item === null ? 'null' : `"\\\\x${hex(item)}"`)).join(',')}}`
}

const hex = (item: Uint8Array) => Buffer.from(item.buffer, item.byteOffset, item.byteLength).toString('hex')
