/** Kind 6: labels with an order of their own keep it, and none of them is dropped. */
import type { Case } from './case.ts'

const list = (header: string, labels: string[], value: (at: number) => number) =>
  [header, ...labels.map((label, at) => `${label}|${value(at)}`)].join(';')

const wave = (at: number) => 50 + ((at * 37) % 23) * 3

function ordered(name: string, header: string, labels: string[], more: Partial<Case> = {}): Case {
  return {
    kind: 6,
    name,
    table: list(header, labels, wave),
    ...more,
    wants: {
      points: labels.length,
      label: header.split('|')[0]!,
      first: [labels[0]!.replace(/^'/, ''), wave(0)],
      last: [labels.at(-1)!.replace(/^'/, ''), wave(labels.length - 1)],
    },
  }
}

const MOVING = ['jan', 'fev', 'mar', 'abr', 'mai', 'jun', 'jul', 'ago', 'set', 'out', 'nov', 'dez']
const halfHours = Array.from(
  { length: 22 },
  (_, at) => `'${String(8 + Math.floor(at / 2)).padStart(2, '0')}:${at % 2 ? '30' : '00'}`,
)

export const ORDERS: Case[] = [
  ordered(
    'moving quarters',
    'Trimestre móvel|Taxa',
    Array.from(
      { length: 18 },
      (_, at) => [0, 1, 2].map((more) => MOVING[(at + more) % 12]).join('-') + (at < 10 ? ' 2023' : ' 2024'),
    ),
  ),
  ordered('half hours', 'Horário|Chamadas', halfHours),
  ordered(
    'harvests',
    'Safra|Produção',
    Array.from({ length: 18 }, (_, at) => `${2004 + at}/${String(5 + at).padStart(2, '0')}`),
  ),
  ordered(
    'semesters',
    'Semestre|Matrículas',
    Array.from({ length: 10 }, (_, at) => `${(at % 2) + 1}º sem ${2020 + Math.floor(at / 2)}`),
  ),
  ordered(
    'semesters as 2022.1',
    'Período|Alunos',
    Array.from({ length: 8 }, (_, at) => `'${2021 + Math.floor(at / 2)}.${(at % 2) + 1}`),
  ),
  ordered(
    'ISO weeks',
    'Week|Orders',
    Array.from({ length: 22 }, (_, at) => `2025-W${String(at + 1).padStart(2, '0')}`),
    { locale: 'en' },
  ),
  ordered('sizes of clothes', 'Tamanho|Peças', ['PP', 'P', 'M', 'G', 'GG', 'XG']),
  ordered('sizes in English', 'Size|Units', ['XS', 'S', 'M', 'L', 'XL', 'XXL'], { locale: 'en' }),
  ordered('answers from bad to good', 'Avaliação|Respostas', ['Muito ruim', 'Ruim', 'Regular', 'Bom', 'Muito bom']),
  ordered(
    'answers in English',
    'Answer|Responses',
    ['Strongly disagree', 'Disagree', 'Neutral', 'Agree', 'Strongly agree'],
    { locale: 'en' },
  ),
  ordered('bands of income', 'Faixa de renda|Famílias', [
    'Até R$ 1.000',
    'De R$ 1.001 a R$ 3.000',
    'De R$ 3.001 a R$ 5.000',
    'De R$ 5.001 a R$ 10.000',
    'Acima de R$ 10.000',
  ]),
  ordered('months in Spanish', 'Mes|Ventas', [
    'enero',
    'febrero',
    'marzo',
    'abril',
    'mayo',
    'junio',
    'julio',
    'agosto',
    'septiembre',
    'octubre',
    'noviembre',
    'diciembre',
  ]),
  ordered('months in German', 'Monat|Umsatz', [
    'Januar',
    'Februar',
    'März',
    'April',
    'Mai',
    'Juni',
    'Juli',
    'August',
    'September',
    'Oktober',
    'November',
    'Dezember',
  ]),
  ordered('weekdays', 'Dia|Visitas', [
    'segunda-feira',
    'terça-feira',
    'quarta-feira',
    'quinta-feira',
    'sexta-feira',
    'sábado',
    'domingo',
  ]),
  ordered('weekdays in German', 'Tag|Besuche', [
    'Montag',
    'Dienstag',
    'Mittwoch',
    'Donnerstag',
    'Freitag',
    'Samstag',
    'Sonntag',
  ]),
  ordered('levels of schooling', 'Escolaridade|Pessoas', [
    'Fundamental incompleto',
    'Fundamental completo',
    'Médio incompleto',
    'Médio completo',
    'Superior incompleto',
    'Superior completo',
  ]),
]
