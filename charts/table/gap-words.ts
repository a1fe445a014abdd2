/**
 * Words that stand where a number belongs and say why there is none: `sob consulta`, `sold out`, `R$ -`. The row stays part of
 * the table; what is drawn of it is nothing, and the note names it.
 */
const GAP_WORDS =
  /^(sob (consulta|demanda|encomenda|medida|or[çc]amento)|a (definir|combinar|confirmar|calcular|receber|consultar)|n[ãa]o (informad[oa]|dispon[ií]vel|se aplica|definid[oa]|houve|cobrad[oa])|indispon[ií]vel|dispon[ií]vel em breve|em (branco|an[áa]lise|falta|aberto|breve|obras)|esgotad[oa]s?|gr[áa]tis|gratuit[oa]|isent[oa]s?|suspens[oa]s?|cancelad[oa]s?|pendente|consulte(-nos)?|consultar|sem (estoque|pre[çc]o|valor|informa[çc][ãa]o|registro|cobran[çc]a)|ausente|falta|cortesia|incluso|on (request|demand|hold)|(price )?upon request|call( for price)?|free|tbd|tba|tbc|to be (defined|determined|announced|confirmed)|unavailable|not (available|applicable|reported|known|set)|sold out|out of stock|exempt|suspended|cancell?ed|pending|missing|unknown|included|waived|no data|(r\$|us\$|\$|€|£)\s*[-–—])$/i

export function isGapWord(text: string): boolean {
  return text.length <= 30 && GAP_WORDS.test(text)
}
