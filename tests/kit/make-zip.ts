/** Zip files made by hand, also ones that no honest program writes. */
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'

/** A zip of these parts; `claims` are sizes to declare instead of the true ones. */
export function makeZip(parts: Record<string, string | Uint8Array>, claims: Record<string, number> = {}): Buffer {
  const locals: Buffer[] = []
  const entries: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(parts)) {
    const bytes = Buffer.from(content as string)
    const packed = deflateRawSync(bytes)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(bytes), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(claims[name] ?? bytes.length, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, Buffer.from(name)]))
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(entries)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}

/** The same zip with one text part changed; throws when the change changes nothing. */
export function rewriteZip(zip: Uint8Array, part: string, change: (text: string) => string): Buffer {
  const parts = readZip(Buffer.from(zip))
  const before = parts[part]?.toString() ?? ''
  const after = change(before)
  if (after === before) throw new Error(`${part} was not changed`)
  return makeZip({ ...parts, [part]: after })
}

function readZip(zip: Buffer): Record<string, Buffer> {
  const parts: Record<string, Buffer> = {}
  let at = zip.readUInt32LE(zip.lastIndexOf(Buffer.from('PK\x05\x06')) + 16)
  while (zip.toString('latin1', at, at + 4) === 'PK\x01\x02') {
    const [nameLength, extra, comment] = [28, 30, 32].map((place) => zip.readUInt16LE(at + place)) as [
      number,
      number,
      number,
    ]
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength)
    const local = zip.readUInt32LE(at + 42)
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const packed = zip.subarray(start, start + zip.readUInt32LE(at + 20))
    parts[name] = zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(packed) : packed
    at += 46 + nameLength + extra + comment
  }
  return parts
}
