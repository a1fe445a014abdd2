export const TEXTS = {
  title: { en: 'Streams', pt: 'Streams' },
  span: { en: 'How far back', pt: 'Período' },
  hour: { en: '1 hour', pt: '1 hora' },
  hours_6: { en: '6 hours', pt: '6 horas' },
  day: { en: '24 hours', pt: '24 horas' },
  by: { en: 'The chart shows', pt: 'O gráfico mostra' },
  by_messages: { en: 'Messages', pt: 'Mensagens' },
  by_time: { en: 'Time', pt: 'Tempo' },
  group: { en: 'Group {group}', pt: 'Grupo {group}' },
  lag: { en: 'Lag', pt: 'Atraso' },
  messages: {
    one: { en: '{count} message', pt: '{count} mensagem' },
    other: { en: '{count} messages', pt: '{count} mensagens' },
  },
  waited: { en: 'Longest wait', pt: 'Espera mais longa' },
  trend: { en: 'Trend', pt: 'Tendência' },
  clear: { en: 'Cleared in', pt: 'Em dia em' },
  never: { en: 'never at this rate', pt: 'nunca, neste ritmo' },
  now: { en: 'now', pt: 'agora' },
  produced: { en: 'Comes in', pt: 'Chegam' },
  finished: { en: 'Is finished', pt: 'São concluídas' },
  per_second: { en: '{rate} per second', pt: '{rate} por segundo' },
  members: { en: 'Members', pt: 'Membros' },
  partitions: { en: 'Partitions', pt: 'Partições' },
  partition: { en: 'Partition', pt: 'Partição' },
  member: { en: 'Read by', pt: 'Lida por' },
  nobody: { en: 'nobody', pt: 'ninguém' },
  offsets: { en: 'Offset, end', pt: 'Offset, fim' },
  unknown: { en: 'not known yet', pt: 'ainda não se sabe' },
  no_series: {
    en: 'The probe has nothing on record yet; it looks every 15 s while the jobs run.',
    pt: 'A sonda ainda não registrou nada; ela olha a cada 15 s enquanto os jobs rodam.',
  },
  no_lag: {
    en: 'The probe has seen no message wait in this time.',
    pt: 'A sonda não viu nenhuma mensagem à espera neste período.',
  },
  topics: { en: 'Topics', pt: 'Tópicos' },
  topic: { en: 'Topic', pt: 'Tópico' },
  kept: { en: 'Messages kept', pt: 'Mensagens guardadas' },
  groups: { en: 'Groups', pt: 'Grupos' },
  none: { en: 'There is no topic yet', pt: 'Ainda não há tópicos' },
  none_how: {
    en: 'The first event, person or document makes its topic; `bun run demo` sends some.',
    pt: 'O primeiro evento, pessoa ou documento cria o seu tópico; `bun run demo` envia alguns.',
  },
}

export const STATE = {
  paused: { en: 'Paused', pt: 'Pausado' },
  nobody_reads: { en: 'Nobody reads', pt: 'Ninguém lê' },
  stuck: { en: 'Stuck', pt: 'Parado' },
  falling_behind: { en: 'Falling behind', pt: 'Ficando para trás' },
  topic_missing: { en: 'No such topic', pt: 'Tópico não existe' },
  behind: { en: 'Behind', pt: 'Atrasado' },
  catching_up: { en: 'Catching up', pt: 'Alcançando' },
  in_time: { en: 'In time', pt: 'Em dia' },
}

/** What to do about it. */
export const ADVICE = {
  paused: {
    en: 'A storm of failures has paused its consumer: it reads nothing until somebody decides above.',
    pt: 'Uma onda de falhas pausou o seu consumidor: ele não lê nada até alguém decidir acima.',
  },
  nobody_reads: {
    en: 'No member of the group has a partition: start its program, ours with `bun run consumers`, or look why it stopped.',
    pt: 'Nenhum membro do grupo tem uma partição: inicie o programa dele, o nosso com `bun run consumers`, ou veja por que parou.',
  },
  stuck: {
    en: 'A partition is read, but nothing of it was finished lately: its batch fails again and again, or takes long. The log of the consumers says which.',
    pt: 'Uma partição é lida, mas nada dela foi concluído há pouco: o lote falha repetidamente ou demora. O log dos consumidores diz qual.',
  },
  falling_behind: {
    en: 'More comes in than is finished; more replicas of the consumers read faster, up to one for each partition.',
    pt: 'Chega mais do que se conclui; mais réplicas dos consumidores leem mais rápido, até uma por partição.',
  },
  topic_missing: {
    en: 'Nothing has been written to it yet, or somebody deleted it. It is made with the first message.',
    pt: 'Nada foi gravado nele ainda, ou alguém o apagou. Ele é criado com a primeira mensagem.',
  },
}

export const TREND = {
  growing: { en: 'growing', pt: 'crescendo' },
  steady: { en: 'steady', pt: 'estável' },
  falling: { en: 'falling', pt: 'caindo' },
}
