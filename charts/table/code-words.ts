/** Headers of columns whose digits name a thing, and texts of digits that look like dates or numbers and are names. */
import { readDate, type DayOrder } from './read-date.ts'

/** Lower case, without accents, `unitPrice` and `unit_price` as `unit price`. */
export function fold(text: string): string {
  return text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[_./\\-]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Digits under such a header are never a quantity. */
const CODE =
  /\b(ids?|uuid|cod|codigos?|codes?|sku|ean|gtin|barras|barcode|ncm|cfop|cnae|cep|zip|postcode|postal|cpf|cnpj|rg|inscricao|phone|telefones?|tel|celular|whatsapp|fax|mobile|matricula|registro|protocolo|nf|nfe|isbn|serial|patrimonio|imei|pis|ibge|pagina|page|pin|extension|ramal|durchwahl|wbs|plz|telefonos?|telefon|movil|handy|nif|dni|iban|[a-z]+ ext)$|^(id|cod|codigo|cep|zip|cpf|cnpj|ean|telefone|phone|celular|matricula)\b|^(numero|num|no|nr|n) d[aoe] (?!\w+s\b)|^(n|no|nr|num|numero) (nf|nota|doc|documento|recibo|cheque|boleto|titulo|guia|apolice|pedido|conta|fatura|contrato|processo|facture|commande|rechnung|bestellung|factura|pedido|fattura|ordine|invoice|order)/

/** `Valor total NF` is what it is worth. */
const IS_WORTH = /^(valor|vlr|total|qtde?|quantidade|custo|preco|amount)\b/

export const namesCode = (header: string) =>
  CODE.test(fold(header).replace(/[º°:#]/g, '')) && !IS_WORTH.test(fold(header))

/** Digits under such a header count or measure, also those that are written with zeros in front. */
export const namesQuantity = (header: string) =>
  /\b(qtde?|quantidades?|quantity|qty|estoque|stock|unidades|units|total|valor|amount|volume)\b/.test(fold(header)) &&
  !namesCode(header)

const IDENTIFIER =
  /^(#|n|no|nr|num|numero|number|id|ids|uuid|key|chave|cod|codigo|code|sku|ean|gtin|ncm|cfop|cnae|cep|zip|zip code|cpf|cnpj|rg|ie|phone|telefone|tel|celular|fax|account|conta|matricula|registro|protocolo|nf|nfe|nf e|nota|nota fiscal|pedido|order|invoice|fatura|ticket|chamado|lote|placa|index|indice|item|linha|row|seq|sequencia|ordem|customer|cliente|isbn|serial|patrimonio)$|\b(id|ref|code|codigo|cod|sku|number|numero|no|nr|uuid|ean|cep|cpf|cnpj)$|^(id|cod|codigo|numero d[oae]|num|no) (?!(de )?\w+s$|de\b|of\b)/

export const namesIdentifier = (header: string) => IDENTIFIER.test(fold(header).replace(/[º°:]/g, ''))

/** Above versions, clauses, addresses of computers, contracts that are numbered within the year. */
const NUMBERS_PARTS =
  /^(versao|version|release|build|revisao|clausula|clause|artigo|article|art|secao|section|paragrafo|paragraph|capitulo|chapter|classificacao|rubrica|natureza|plano de contas|ip|endereco ip|contrato|contract|processo|empenho|edital|licitacao|pregao|portaria|oficio|lei)\b|\b(versao|version|release|ip)$/

/** `Data da nota` tells when, not which. */
const NAMES_DAY = /^(data|date|dt|dia|day)\b/

const PARTS = /^\d{1,6}(?:\.\d{1,6})*\.?$/
const THREE_PARTS = /^\d{1,6}(?:\.\d{1,6}){2,}\.?$/
const GROUPED = /^\d{1,3}(?:\.\d{3})+$/
const ADDRESS = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/
const IN_YEAR = /^\d{1,6}[/-](?:19|20)\d\d$/
const FULL_DATE = /^\d{1,2}\.\d{1,2}\.(?:19|20)\d\d$/
const SHORT_DATE = /^\d{1,2}[/-]\d{1,2}[/-]\d\d$/
/** So many dates of one column may be mistyped. */
const MISTYPED = 0.1

/**
 * Whether the texts of a column are codes though some of them could be dates or numbers: `1.1.02`, `10.0.0.1`, `15/2024`. Codes
 * are told by those among them that can be neither, else by the header.
 */
export function holdCodes(header: string, texts: string[], order: DayOrder): boolean {
  const share = (is: (text: string) => boolean) => texts.filter(is).length / texts.length
  if (texts.length === 0) return false
  if (texts.every((text) => ADDRESS.test(text)) || areOutline(texts)) return true
  const isThree = (text: string) => THREE_PARTS.test(text) && !GROUPED.test(text) && !FULL_DATE.test(text)
  const isNoDate = (text: string) => readDate(text, order) === undefined
  if (share((text) => IN_YEAR.test(text)) === 1) return isNamed(header) || share(isNoDate) > MISTYPED
  const isCode = namesCode(header) || NUMBERS_PARTS.test(fold(header))
  if (isCode && !NAMES_DAY.test(fold(header)) && share((text) => SHORT_DATE.test(text)) === 1) return true
  if (share((text) => PARTS.test(text)) < 0.9 || share(isThree) < 0.3) return false
  return isNamed(header) || share((text) => isThree(text) && isNoDate(text)) > MISTYPED
}

/** `1`, `1.1`, `1.2`, `2` in this order: chapters and tasks. */
function areOutline(texts: string[]): boolean {
  if (texts.length < 4 || !texts.every((text) => PARTS.test(text))) return false
  const paths = texts.map((text) => text.replace(/\.$/, '').split('.').map(Number))
  const follows = (path: number[], before: number[]) =>
    path.length <= before.length + 1 &&
    path.slice(0, -1).every((part, at) => part === before[at]) &&
    path.at(-1) === (before[path.length - 1] ?? 0) + 1
  return paths.some(({ length }) => length > 1) && paths.every((path, at) => at === 0 || follows(path, paths[at - 1]!))
}

function isNamed(header: string): boolean {
  const name = fold(header)
  return !NAMES_DAY.test(name) && (namesCode(header) || namesIdentifier(header) || NUMBERS_PARTS.test(name))
}
