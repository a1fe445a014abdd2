import type { Translated } from '../../lib/texts.ts'
import type { ProblemText } from './problem-text.ts'

/** What is behind the API: the database, and the engine of each role. Only the log names it. */
const away = (part: Translated): ProblemText => ({
  kind: 'unavailable',
  what: {
    en: `${part.en} does not answer, or refuses Doca.`,
    pt: `${part.pt} não responde, ou recusa o Doca.`,
  },
  action: {
    en: 'Try again after Retry-After. If it lasts, tell whoever looks after the system: GET /health shows what is away.',
    pt: 'Tente de novo depois de Retry-After. Se continuar, avise quem cuida do sistema: GET /health mostra o que está fora.',
  },
})

const disk = (kind: 'internal' | 'no_space', what: Translated): ProblemText => ({
  kind,
  what,
  action: {
    en: 'Tell whoever looks after the system; nothing of this request was kept.',
    pt: 'Avise quem cuida do sistema; nada desta requisição foi guardado.',
  },
})

const database = away({ en: 'The database', pt: 'O banco de dados' })
const stream = away({ en: 'The stream of events', pt: 'O stream de eventos' })
const queue = away({ en: 'The queue', pt: 'A fila' })
const journal = away({ en: 'The journal', pt: 'O diário' })
const objects = away({ en: 'The store of files', pt: 'O armazenamento de arquivos' })

export const ENGINE_PROBLEMS: Record<string, ProblemText> = {
  cache_unavailable: away({ en: 'The cache', pt: 'O cache' }),
  database_closed: database,
  database_timeout: {
    kind: 'unavailable',
    what: { en: 'A statement of the database took too long.', pt: 'Uma consulta ao banco de dados demorou demais.' },
    action: {
      en: 'Try again after Retry-After, or ask for less at once.',
      pt: 'Tente de novo depois de Retry-After, ou peça menos de cada vez.',
    },
  },
  database_unavailable: database,
  disk_denied: disk('internal', {
    en: 'The server may not use its own folder.',
    pt: 'O servidor não pode usar a própria pasta.',
  }),
  disk_failed: disk('internal', { en: 'The disk of the server fails.', pt: 'O disco do servidor falha.' }),
  disk_full: disk('no_space', { en: 'The server has no room left.', pt: 'O servidor está sem espaço.' }),
  engine_refused: away({ en: 'An engine behind the API', pt: 'Um servidor por trás da API' }),
  engine_timeout: away({ en: 'An engine behind the API', pt: 'Um servidor por trás da API' }),
  history_refused: {
    kind: 'invalid',
    what: { en: 'The history takes no such row.', pt: 'O histórico não aceita tal linha.' },
    action: { en: 'Change the value that `detail` names.', pt: 'Mude o valor que `detail` indica.' },
  },
  history_unavailable: away({ en: 'The history', pt: 'O histórico' }),
  journal_closed: journal,
  journal_unavailable: journal,
  message_too_large: {
    kind: 'too_large',
    what: { en: 'An event is larger than the stream takes.', pt: 'Um evento é maior do que o stream aceita.' },
    action: { en: 'Send less in `data`.', pt: 'Envie menos em `data`.' },
  },
  object_changed: {
    kind: 'conflict',
    what: { en: 'The file was replaced while it was being read.', pt: 'O arquivo foi substituído enquanto era lido.' },
    action: { en: 'Read it again.', pt: 'Leia-o de novo.' },
  },
  object_key_invalid: {
    kind: 'invalid',
    what: { en: 'A file cannot have this name.', pt: 'Um arquivo não pode ter este nome.' },
    action: { en: 'Choose another name, as `detail` says.', pt: 'Escolha outro nome, como `detail` diz.' },
  },
  object_key_taken: {
    kind: 'conflict',
    what: { en: 'A folder, or a link, has the name of the file.', pt: 'Uma pasta, ou um link, tem o nome do arquivo.' },
    action: { en: 'Choose another name.', pt: 'Escolha outro nome.' },
  },
  objects_unavailable: objects,
  queue_mismatch: {
    kind: 'conflict',
    what: {
      en: 'The queue is there already, with settings of somebody else.',
      pt: 'A fila já existe, com configurações de outra pessoa.',
    },
    action: {
      en: 'Tell whoever looks after the system; the log names the queue.',
      pt: 'Avise quem cuida do sistema; o log diz qual é a fila.',
    },
  },
  queue_missing: queue,
  queue_unavailable: queue,
  restore_unfinished: {
    kind: 'unavailable',
    what: {
      en: 'A restore of the database is under way, or was interrupted.',
      pt: 'Uma restauração do banco de dados está em andamento, ou foi interrompida.',
    },
    action: {
      en: 'Wait for it; if it was interrupted, whoever looks after the system runs it again, or undoes it.',
      pt: 'Espere; se foi interrompida, quem cuida do sistema a executa de novo, ou a desfaz.',
    },
  },
  stream_refused: stream,
  stream_topic_missing: stream,
  stream_unavailable: stream,
}
