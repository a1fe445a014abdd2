/**
 * The parts of an .xlsx, found by their relations and read as XML in pieces, each at most once. Every limit is checked while
 * a part is inflated and read, so that what goes beyond one costs no more than reaching it.
 */
import { posix } from 'node:path'
import { openZip, ZipFault, type ZipParts } from '../../zip.ts'
import { attribute, newTotals, XmlCheck, type XmlLimits, type XmlTotals, type XmlVisitor } from '../check-xml.ts'
import { SpreadsheetFault } from '../fault.ts'
import { encodingOfXml } from '../xml-text.ts'

export interface PackageLimits extends XmlLimits {
  /** Of all parts together as declared, and of those read as they really come out. */
  inflated_bytes: number
}

export interface Relation {
  /** The last word of its type: `worksheet`. */
  type: string
  /** As the zip names it. */
  part: string
}

export class WorkbookPackage {
  readonly #zip: ZipParts
  readonly #names: Set<string>
  readonly #limits: PackageLimits
  readonly totals: XmlTotals

  private constructor(zip: ZipParts, limits: PackageLimits) {
    this.#zip = zip
    this.#names = new Set(zip.names)
    this.#limits = limits
    this.totals = newTotals(limits)
  }

  /** Throws SpreadsheetFault for what is no zip, damaged or beyond the limits as it declares itself. */
  static async open(bytes: Uint8Array, limits: PackageLimits): Promise<WorkbookPackage> {
    const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    try {
      return new WorkbookPackage(await openZip(zip, limits.inflated_bytes), limits)
    } catch (thrown) {
      throw asFault(thrown, limits)
    }
  }

  get names(): string[] {
    return this.#zip.names
  }

  has(part: string): boolean {
    return this.#names.has(part)
  }

  bytesOf(part: string): number {
    return this.#zip.bytesOf(part)
  }

  /** Throws SpreadsheetFault, and what the visitor throws. */
  async read(part: string, visitor: XmlVisitor): Promise<void> {
    const check = new XmlCheck(this.totals, visitor)
    try {
      let decoder: TextDecoder | undefined
      let is_first = true
      for await (const piece of this.#zip.read(part)) {
        if (is_first) decoder = decoderOf(piece)
        is_first = false
        check.push(decoder ? Buffer.from(decoder.decode(piece, { stream: true })) : piece)
      }
      check.end()
    } catch (thrown) {
      throw asFault(thrown, this.#limits)
    }
  }

  /** Of a part, or of the whole; none where the zip has no such list. Relations to what is not in the zip are left out. */
  async relations(part = ''): Promise<Map<string, Relation>> {
    const folder = posix.dirname(part)
    const list = posix.join(folder, '_rels', `${posix.basename(part)}.rels`)
    const relations = new Map<string, Relation>()
    if (!this.has(list)) return relations
    await this.read(list, {
      open: (name, tag) => {
        if (name !== 'Relationship') return
        const target = partOf(attribute(tag, 'Target') ?? '', folder)
        if (!this.has(target)) return
        const type = attribute(tag, 'Type') ?? ''
        relations.set(attribute(tag, 'Id') ?? '', { type: type.slice(type.lastIndexOf('/') + 1), part: target })
      },
      close: () => {},
    })
    return relations
  }

  close(): void {
    this.#zip.close()
  }
}

/** UTF-8 needs none. */
function decoderOf(start: Buffer): TextDecoder | undefined {
  const encoding = encodingOfXml(start)
  if (encoding === 'utf-8' || encoding === 'utf8') return undefined
  try {
    // Which ones there are, only the runtime knows.
    return new TextDecoder(encoding as ConstructorParameters<typeof TextDecoder>[0])
  } catch (cause) {
    throw new SpreadsheetFault('damaged', {}, { cause })
  }
}

function partOf(target: string, folder: string): string {
  const path = target.replaceAll('\\', '/').toLowerCase()
  const whole = path.startsWith('/') ? path.slice(1) : posix.join(folder, path)
  if (!whole.includes('%')) return whole
  try {
    return decodeURIComponent(whole)
  } catch {
    // No address, so a name as it stands.
    return whole
  }
}

function asFault(thrown: unknown, { inflated_bytes }: PackageLimits): SpreadsheetFault {
  if (thrown instanceof SpreadsheetFault) return thrown
  if (!(thrown instanceof ZipFault) || thrown.code === 'false_size')
    return new SpreadsheetFault('damaged', {}, { cause: thrown })
  if (thrown.code === 'encrypted') return new SpreadsheetFault('encrypted')
  return new SpreadsheetFault('inflates_too_much', { limit_mb: Math.round(inflated_bytes / 1024 / 1024) })
}
