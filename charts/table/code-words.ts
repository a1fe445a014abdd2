/** Headers of columns whose digits name a thing. */

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
  /\b(ids?|uuid|cod|codigos?|codes?|sku|ean|gtin|barras|barcode|ncm|cfop|cnae|cep|zip|postcode|postal|cpf|cnpj|rg|inscricao|phone|telefones?|tel|celular|whatsapp|fax|mobile|matricula|registro|protocolo|nf|nfe|isbn|serial|patrimonio|imei|pis|ibge|pagina|page)$|^(id|cod|codigo|cep|zip|cpf|cnpj|ean|telefone|phone|celular|matricula)\b|^(numero|num|no|nr|n) d[aoe] |^(n|no|nr|num|numero) (nf|nota|pedido|conta|fatura|contrato|processo)/

export const namesCode = (header: string) => CODE.test(fold(header).replace(/[º°:#]/g, ''))

const IDENTIFIER =
  /^(#|n|no|nr|num|numero|number|id|ids|uuid|key|chave|cod|codigo|code|sku|ean|gtin|ncm|cfop|cnae|cep|zip|zip code|cpf|cnpj|rg|ie|phone|telefone|tel|celular|fax|account|conta|matricula|registro|protocolo|nf|nfe|nf e|nota|nota fiscal|pedido|order|invoice|fatura|ticket|chamado|lote|placa|index|indice|item|linha|row|seq|sequencia|ordem|customer|cliente|isbn|serial|patrimonio)$|\b(id|code|codigo|cod|sku|number|numero|no|nr|uuid|ean|cep|cpf|cnpj)$|^(id|cod|codigo|numero d[oae]|num|no) (?!de\b)/

export const namesIdentifier = (header: string) => IDENTIFIER.test(fold(header).replace(/[º°:]/g, ''))
