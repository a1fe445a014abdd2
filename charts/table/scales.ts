/** Names that form a scale: sizes, answers from bad to good, levels of schooling. Each list runs from first to last. */
const SCALES: string[][] = [
  ['ppp', 'pp', 'p', 'm', 'g', 'gg', 'xg', 'xgg', 'eg', 'egg'],
  ['xxs', 'xs', 's', 'm', 'l', 'xl', 'xxl', 'xxxl'],
  ['pequeno', 'medio', 'grande'],
  ['small', 'medium', 'large', 'extra large'],
  ['muito ruim', 'ruim', 'regular', 'bom', 'muito bom', 'otimo', 'excelente'],
  ['pessimo', 'ruim', 'regular', 'razoavel', 'bom', 'otimo', 'excelente'],
  ['muito insatisfeito', 'insatisfeito', 'indiferente', 'neutro', 'satisfeito', 'muito satisfeito'],
  [
    'discordo totalmente',
    'discordo',
    'discordo parcialmente',
    'neutro',
    'concordo parcialmente',
    'concordo',
    'concordo totalmente',
  ],
  ['nunca', 'raramente', 'as vezes', 'frequentemente', 'quase sempre', 'sempre'],
  ['very poor', 'very bad', 'poor', 'bad', 'fair', 'average', 'good', 'very good', 'excellent'],
  ['strongly disagree', 'disagree', 'neutral', 'agree', 'strongly agree'],
  ['very dissatisfied', 'dissatisfied', 'neutral', 'satisfied', 'very satisfied'],
  ['never', 'rarely', 'sometimes', 'often', 'always'],
  ['muito baixo', 'baixo', 'medio', 'alto', 'muito alto', 'critico'],
  ['muito baixa', 'baixa', 'media', 'alta', 'muito alta', 'critica', 'urgente'],
  ['very low', 'low', 'medium', 'high', 'very high', 'critical'],
  [
    'sem instrucao',
    'analfabeto',
    'infantil',
    'fundamental incompleto',
    'fundamental completo',
    'fundamental',
    'medio incompleto',
    'medio completo',
    'medio',
    'tecnico',
    'superior incompleto',
    'superior completo',
    'superior',
    'pos graduacao',
    'especializacao',
    'mestrado',
    'doutorado',
  ],
  ['primary', 'secondary', 'high school', 'bachelor', 'bachelors', 'master', 'masters', 'doctorate', 'phd'],
  ['junior', 'pleno', 'senior'],
  ['bronze', 'prata', 'ouro', 'diamante'],
  ['bronze', 'silver', 'gold', 'platinum', 'diamond'],
]

/** One ranking a scale, for labels that are folded. */
export const SCALE_RANKS = SCALES.map((names) => {
  const ranks = new Map(names.map((name, at) => [name, at]))
  return (label: string) => ranks.get(label)
})
