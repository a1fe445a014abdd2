/** The texts that cells share, without their formats and without readings of East Asian names. */
import { MAX_TEXT, type XmlVisitor } from '../check-xml.ts'
import { decodeEscapes } from '../xml-text.ts'

export class StringsReader implements XmlVisitor {
  readonly texts: string[] = []
  takes_text = false
  #text = ''
  #in_reading = false

  open(name: string): void {
    if (name === 'si') this.#text = ''
    else if (name === 'rPh') this.#in_reading = true
    else if (name === 't') this.takes_text = !this.#in_reading
  }

  text(text: string): void {
    if (this.#text.length <= MAX_TEXT) this.#text += text
  }

  close(name: string): void {
    if (name === 't') this.takes_text = false
    else if (name === 'rPh') this.#in_reading = false
    else if (name === 'si') this.texts.push(decodeEscapes(this.#text))
  }
}
