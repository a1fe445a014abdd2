/** Words of a column's header tell whether its numbers may be added up, and whether they only number the rows. */
import { fold } from '../table/code-words.ts'

/** A header as it is shown: `Current_Price` → `Current Price`. */
export function readable(header: string): string {
  return header.replace(/_+/g, ' ').replace(/\s+/g, ' ').trim()
}

/** Also the name of a channel: only long numbers under it are codes. */
export const namesPhone = (header: string) =>
  /^(phone|telefones?|tel|celular|whatsapp|fax|mobile)( number)?$/.test(fold(header))

/** Digits under such a header are the name of a place, a machine, a group. */
const NAMED_IN_DIGITS =
  /^(bus route|caisse|magasin|salle|etage|kasse|filiale|linie|raum|tienda|sucursal|aula|planta|ruta|linea|negozio|cassa|loja|filial|unidade|mesa|maquina|equipamento|veiculo|turma|classe|sala|agencia|centro de custo|cc|setor|equipe|rota|linha|quarto|apartamento|apto|bloco|lote|talhao|posto|caixa|ponto|escola|serie|zona|secao|regiao|distrito|canal|grupo|store|branch|shop|table|machine|class|room|cost cent(er|re)|team|route|unit|apartment|district|zone|terminal|gate|line|station|site|department|depto|departamento)( (n|no|nr|num|numero|number|id|cod|codigo|code))?$/

export const namesInDigits = (header: string) =>
  NAMED_IN_DIGITS.test(
    fold(header)
      .replace(/[º°:#]/g, '')
      .trim(),
  )

/** A year of birth or of release: it dates a thing and measures nothing. */
const DATES_A_THING =
  /\b(lancamento|nascimento|fundacao|fundado|fundada|inauguracao|construcao|construido|fabricacao|modelo|publicacao|estreia|desde|inicio|termino|admissao|born|birth|built|founded|released?|published|since|opened|established|model|vintage|died|death|nacimiento|defuncion|fundacion|construccion|publicacion|fabricacion|geburtsjahr|baujahr|gegrundet|erscheinungsjahr|obito|morte|falecimento)\b/

export const datesAThing = (header: string) => DATES_A_THING.test(fold(header))

export const isPlanned = (header: string) =>
  /\b(orcad[oa]s?|orcamento|presupuesto|presupuestad[oa]s?|creditos? (?:inicial(?:es)?|definitivos?)|soll|dotac(?:ao|oes)|previst[oa]s?|planejad[oa]s?|metas?|estimad[oa]s?|projetad[oa]s?|budget(ed)?|plan(ned)?|targets?|goal|estimated?|forecast)\b/.test(
    fold(header),
  )

export const isActual = (header: string) =>
  /\b(realizad[oa]s?|ejecutad[oa]s?|obligaciones reconocidas|recaudad[oa]s?|ist|empenhad[oa]s?|liquidad[oa]s?|vendid[oa]s?|real|reais|executad[oa]s?|efetiv[oa]s?|atingid[oa]s?|alcancad[oa]s?|actuals?|sold|achieved|spent)\b/.test(
    fold(header),
  )

const YEAR = /\b(ano|anos|year|years|exercicio|safra|fy|jahr|yyyy|aaaa)\b/
export const namesYear = (header: string) => YEAR.test(fold(header))

/** Kinds of quantities; numbers of different kinds never share an axis. */
const CLASSES = {
  rain: /\b(chuva|chuvas|precipitacao|pluviosidade|rain|rainfall|precipitation)\b/,
  share:
    /%|\b(probabilidade|probability|ocupacao|occupancy|conversao|conversion|percent|percentual|percentage|taxa|rate|margem|margin|share|participacao|variacao|crescimento|growth|aliquota)\b/,
  price:
    /\b(price|prices|preco|precos|unit|unitario|unitaria|ticket medio|adr|rev ?par|arpu|cpc|cpm|cac|tarifa|diaria|cotacao|precios?|preis|preise|stuckpreis|einzelpreis|prix|prezz[oi]|por (m2|m²|kg|litro|hora|unidade))\b/,
  amount:
    /\b(total|totais|receita|receitas|faturamento|venda|vendas|valor|valores|vlr|revenue|revenues|sales|amount|income|lucro|profit|custo|custos|cost|costs|despesa|despesas|expense|expenses|gasto|gastos|salario|salarios|salary|orcamento|budget|saldo|balance|pagamento|pago|investimento|montante|consumo|pontos|points|gols|goals|entradas|saidas|inflow|inflows|outflow|outflows|debito|debitos|credito|creditos|debit|debits|credit|credits|ext|subtotal|cogs|imposto|impostos|tax|frete|desconto|descontos|discount|comissao|comissoes|arrecadad[oa]s?|arrecadacao|captad[oa]s?|captacao|doacoes|donations|raised|faturad[oa]s?|recebid[oa]s?|received|paid|devid[oa]s?|gast[oa]s?|investid[oa]s?|repasses?|mensalidades?|premios?|proventos?|ganhos?|earnings|importes?|ingresos|ventas|sueldos?|betrag|umsatz|kosten|gehalt|lohn|montant|ventes|salaire|importo|vendite|stipendio)\b/,
  count:
    /\b(qtd|qtde|quantidade|quantidades|quantity|qty|unidades|units|count|contagem|pedidos|orders|clientes|customers|visitas|visits|sessions|sessoes|acessos|users|usuarios|views|population|populacao|habitantes|estoque|stock|pecas|itens|items|alunos|jogos|partidas|games|matches|pessoas|people|funcionarios|colaboradores|ocorrencias|casos|cases|volume|votos|votes|doadores|donors|participantes|participants|inscritos|inscricoes|socios|membros|members|visitantes|visitors|pacientes|patients|atendimentos|consultas|matriculas|vagas|assinantes|subscribers|seguidores|followers|downloads|leads|hospedes|guests|passageiros|passengers|contratos|contracts|chamados|tickets|emprestimos|loans|quartos|rooms|leitos|beds|assentos|seats)\b/,
  area: /\b(area|areas|m2|m²|hectares?)\b|^ha$|\(ha\)/,
  age: /\b(age|idade|anos|eta|edad|alter)\b/,
  weight: /\b(peso|weight|kg|gramas|grams|toneladas|tons)\b/,
  length: /\b(altura|largura|comprimento|height|width|length|mm|cm|distancia|distance|km)\b/,
  time: /\b(horas|hours|minutos|minutes|segundos|seconds|dias|days|duracao|duration|prazo|tempo)\b/,
  temperature: /\b(temp|temperature|temperatures|temperaturas|temperatura|temperatur|celsius|fahrenheit)\b/,
  rating:
    /\b(rating|nota|notas|score|scores|ph|p h|idh|hdi|ideb|grau|score|avaliacao|nps|pontuacao|satisfacao|grade|media|average|avg|mean)\b/,
} as const

export type QuantityClass = keyof typeof CLASSES

export function classOf(header: string): QuantityClass | undefined {
  // `1 kg`, `500 g`: packs of that size.
  if (/^\d+([.,]\d+)?\s?\p{L}{1,4}$/u.test(header)) return undefined
  const text = fold(header)
  return (Object.keys(CLASSES) as QuantityClass[]).find((name) => CLASSES[name].test(text))
}

/** Quantities of which several make an average, not a sum. */
const LEVELS: ReadonlySet<QuantityClass> = new Set(['share', 'price', 'age', 'length', 'temperature', 'rating'])
const LEVEL_WORDS =
  /\b(indice|index|ratio|razao|medio|media|avg|average|mean|speed|velocidade|wind|vento|pressure|pressao|humidity|umidade|per capita|tma|tme|tmo|tmr|aht|asa|pace|ritmo|mttr|mtbf|produtividade|rendimento|productivity|yield|latitude|longitude|lat|lon|min|max|minimo|maximo|rank|ranking|posicao|saldo|balance|salario|salary|sueldo|gehalt|lohn|salaire|stipendio|durchschnitt|mittelwert|moyenne|promedio)\b/

/** `De 0 a 10, quanto recomendaria?`: answers of many make a mean. */
const ANSWER = /\b[01] (a|ate|to) (5|7|10|100)\b|\?$/

export function isLevel(header: string): boolean {
  const quantity = classOf(header)
  return (
    (quantity !== undefined && LEVELS.has(quantity)) ||
    LEVEL_WORDS.test(fold(header)) ||
    ANSWER.test(fold(header)) ||
    hasRateUnit(header)
  )
}

/** Units that an instrument shows, at the end of a header. */
const READING_UNIT =
  /(?:^|[\s([])(?:°\s?[CF]|deg\s?[CF]|pp[mb]|[mµμu]?S\/cm|NTU|%?\s?RH|h?Pa|kPa|mbar|psi|mmHg|lux|rpm|bpm|pH|knots|mph)[)\]]?$|[([](?:m?V|dB|Hz|bar|m?A)[)\]]$/
/** `€/l`, `l/100 km`, `Cost / conv.`: so much for each. */
const RATIO =
  /[^\s\d]\s?\/\s?(?:100 ?km|km|l|litros?|lit(?:re|er)s?|kg|g|t|h|hr|hours?|horas?|min|s|cm|dias?|days?|m[êe]s|month|m[23²³]|sq\.? ?ft|ft²|un|units?|unidade|[kM]?Wh|ha|conv(?:ersion)?|clicks?|cliques?|orders?|pedidos?|users?|usu[áa]rios?|sessions?|visits?|visitas?|person|pessoas?|hab(?:itantes?)?|capita|alunos?|students?|employee|funcion[áa]rios?|100[.,]?000|1[.,]?000)\.?(?:\s(?:as|como)\s\p{L}{1,3})?[)\]]?$/iu

/** A row of units stands below the names of the columns. */
export const isInstrumentUnit = (text: string) =>
  hasRateUnit(text) || /^(mm|cm|m|km|g|kg|mg|t|ml|l|days|hours|min|s)$/i.test(text)

const hasRateUnit = (header: string) =>
  READING_UNIT.test(header) || RATIO.test(header) || /\sper\s(?!cent)[a-z]+(\s\([^()]*\))?$/i.test(header)

/** What flows by an instrument is added up. */
export const isFlow = (header: string) =>
  /(?:^|[\s([])(?:[kM]?Wh|m[³3]|litros?|lit(?:re|er)s|l|un)[)\]]?$/i.test(header)

/** Hours that each of many waits: nobody adds them up. */
export const namesWait = (header: string) =>
  /\b(espera|wait|waiting|atraso|delay|response|resposta|resolution|resolucao|turnaround)\b|\b(hours|days|minutes) (to|until|open)\b|\b(tempo|dias) (para|ate|em aberto)\b/.test(
    fold(header),
  )

/** Columns that explain another column rather than stand for themselves. */
const SECONDARY =
  /\b(lower|upper|min|max|minimo|maximo|desvio|std|stdev|error|erro|slope|rank|ranking|posicao|lat|lon|latitude|longitude|limite|tax|imposto|impostos|frete|desconto|descontos|discount|rating|seasonal|index|indice|intervalos?|pausas?|breaks?|descanso)\b/
export const isSecondary = (header: string) => SECONDARY.test(fold(header))

/** Words that two headers share, such as `Price` in Current_Price and New_Product_Price. */
export function sharedWords(a: string, b: string): string[] {
  const words = new Set(fold(b).split(/[^a-z]+/))
  return fold(a)
    .split(/[^a-z]+/)
    .filter((word) => word.length >= 3 && words.has(word))
}

/** `Sheet1`, `Planilha2`: a name that the program gave, not a person. */
export function isDefaultSheetName(name: string): boolean {
  return /^(sheet|planilha|plan|folha|hoja|feuil|tabelle|dataset|data|dados|table|tabela|página|pagina)\s*_?\d*$/i.test(
    name,
  )
}

/** `Total`, `Total geral`. */
export const isTotalHeader = (header: string) => /^(grand )?(sub)?tota(l|is)( geral)?$|^(soma|sum)$/.test(fold(header))

/** `Assigned MP Total` where it adds up other columns; `Receita total` beside `Custo total` is a quantity. */
export const mayBeTotalHeader = (header: string) =>
  isTotalHeader(header) || /\btotal$|^(total|all|tod[oa]s)\b/.test(fold(header))
