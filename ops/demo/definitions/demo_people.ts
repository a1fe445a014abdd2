/**
 * Made by `bun run demo`; `bun run demo --remove` takes it away. Each month: registrations of a partner, as they come into the topic of people: some
 * with addresses that are none, one cut off.
 */
import { job } from '../../../jobs/job.ts'

const FIRST = [
  'Íris',
  'João',
  'Luzia',
  'Caetano',
  'Benedita',
  'Otávio',
  'Rosa',
  'Davi',
  'Zélia',
  'Murilo',
  'Ágata',
  'Nuno',
]
const LAST = [
  'Araújo',
  'Brandão',
  'Conceição',
  'Duarte',
  'Espíndola',
  'Figueiredo',
  'Guimarães',
  'Hashimoto',
  'Müller',
  'Nóbrega',
]
const PLACES = [
  ['Rua Acre', 'Recife, Pernambuco', 'Brazil', '50030', '+55 81 9'],
  ['Avenida Ipiranga', 'São Paulo, São Paulo', 'Brazil', '01046-010', '+55 11 9'],
  ['Rua das Flores', 'Curitiba, Paraná', 'Brazil', '80020-090', '+55 41 9'],
  ['Rua Augusta', 'Lisboa, Lisboa', 'Portugal', '1100-053', '+351 91'],
  ['Calle Florida', 'Buenos Aires, Buenos Aires', 'Argentina', 'C1005', '+54 11 9'],
] as const
/** By their number. */
const NO_ADDRESSES: Record<number, string | null> = {
  17: 'luzia.brandao@',
  48: null,
  83: 'rosa duarte@demo.example',
  101: '@demo.example',
}
const PEOPLE = 120

export default job({
  name: 'demo_people',
  schedule: '0 6 1 * *',
  timezone: 'America/Sao_Paulo',
  async run({ run_id, step, log, roles: { stream, settings, locale } }) {
    const { topic } = settings.users
    await step(locale === 'en' ? 'send them' : 'enviar', async () => {
      const sent = Array.from({ length: PEOPLE }, (_, n) => personOf(n)).map((person) => {
        const text = JSON.stringify(person)
        const whole = person.id !== idOf(64)
        const value = new TextEncoder().encode(whole ? text : text.slice(0, text.length / 2))
        return { key: person.id, value, headers: { trace_id: run_id } }
      })
      await stream.produce(topic, sent)
      return sent.length
    })
    log.info(locale === 'en' ? `${PEOPLE} people sent to ${topic}` : `${PEOPLE} pessoas enviadas a ${topic}`)
    return { people: PEOPLE }
  },
})

const idOf = (n: number) => `de300000-0000-4000-8000-${String(n).padStart(12, '0')}`

/** The same at every call, so that they are never there twice. */
function personOf(n: number) {
  const [nome, sobrenome] = [FIRST[n % FIRST.length]!, LAST[(n * 3 + Math.floor(n / 12)) % LAST.length]!]
  const [street, city, pais, codigo_postal, dials] = PLACES[(n * 2) % PLACES.length]!
  const usuario = `${nome}.${sobrenome}${n}`.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const day = (years: number, days: number) => new Date(Date.UTC(years, 0, 1 + days, 12)).toISOString()
  return {
    id: idOf(n),
    nome,
    sobrenome,
    genero: n % 2 === 0 ? 'female' : 'male',
    endereco: `${street} ${1 + ((n * 37) % 900)}, ${city}, ${pais}`,
    codigo_postal,
    pais,
    email: n in NO_ADDRESSES ? NO_ADDRESSES[n]! : `${usuario}@demo.example`,
    usuario,
    data_nascimento: day(1948 + ((n * 7) % 58), (n * 11) % 365),
    data_registro: day(2014 + (n % 12), (n * 29) % 365),
    telefone: `${dials}${String(10_000_000 + ((n * 7_919_341) % 89_999_999)).replace(/^(....)/, '$1-')}`,
    imagem: null,
  }
}
