/** What each rule says to people: what is wrong, what it is when it is over, and what to do next. */
import type { Translated } from '../../lib/texts.ts'
import type { RuleName } from './rules.ts'

export interface RuleText {
  /** What is wrong with the subject, to go on after a colon. */
  title(subject: string): Translated
  over(subject: string): Translated
  advice: Translated
  /** Shows more of it, where the observer names no command. */
  command(subject: string): string
}

/** In place of the advice, when it is over. */
export const NOTHING_TO_DO: Translated = { en: 'Nothing; it is back to normal.', pt: 'Nada; voltou ao normal.' }

const DOCTOR = () => 'bun run doctor'

export const RULE_TEXTS: Record<RuleName | 'TEST', RuleText> = {
  TEST: {
    title: () => ({ en: 'this is a test', pt: 'isto é um teste' }),
    over: () => ({ en: 'this was a test', pt: 'isto foi um teste' }),
    advice: { en: 'Nothing; nothing is wrong.', pt: 'Nada; não há nada errado.' },
    command: DOCTOR,
  },
  DB_CONNECTION_LOST: {
    title: () => ({ en: 'the database does not do what it is asked', pt: 'o banco de dados não faz o que se pede' }),
    over: () => ({ en: 'the database works again', pt: 'o banco de dados voltou a funcionar' }),
    advice: {
      en: 'Check that PostgreSQL runs, that DATABASE_URL names it, and that its disk has room. Jobs go on by themselves when it answers.',
      pt: 'Verifique se o PostgreSQL está no ar, se DATABASE_URL aponta para ele e se o disco dele tem espaço. Os jobs continuam sozinhos quando ele responder.',
    },
    command: DOCTOR,
  },
  CACHE_CONNECTION_LOST: {
    title: () => ({ en: 'the cache does not answer', pt: 'o cache não responde' }),
    over: () => ({ en: 'the cache answers again', pt: 'o cache voltou a responder' }),
    advice: {
      en: 'Check that the server of CACHE_URL runs. Until then requests are slower and limits hold per process.',
      pt: 'Verifique se o servidor de CACHE_URL está no ar. Até lá as requisições ficam mais lentas e os limites valem por processo.',
    },
    command: DOCTOR,
  },
  API_DOWN: {
    title: (api) => ({
      en: `the API at ${api} does not answer as it should`,
      pt: `a API em ${api} não responde como deveria`,
    }),
    over: (api) => ({ en: `the API at ${api} answers again`, pt: `a API em ${api} voltou a responder` }),
    advice: {
      en: 'Look at the log of the API, and start it if it does not run: `bun run up`, or `bun run api`.',
      pt: 'Veja o log da API e, se ela não estiver no ar, inicie-a: `bun run up` ou `bun run api`.',
    },
    command: DOCTOR,
  },
  API_HIGH_LATENCY: {
    title: (api) => ({ en: `the API at ${api} answers slowly`, pt: `a API em ${api} está respondendo devagar` }),
    over: (api) => ({ en: `the API at ${api} answers quickly again`, pt: `a API em ${api} voltou a responder rápido` }),
    advice: {
      en: 'Look at how busy the machine and the database are; the metrics of the API name the slow routes.',
      pt: 'Veja a carga da máquina e do banco de dados; as métricas da API mostram as rotas lentas.',
    },
    command: DOCTOR,
  },
  LOW_DISK_SPACE: {
    title: (host) => ({ en: `the disk of ${host} is almost full`, pt: `o disco de ${host} está quase cheio` }),
    over: (host) => ({ en: `the disk of ${host} has room again`, pt: `o disco de ${host} voltou a ter espaço` }),
    advice: {
      en: 'Delete what nobody needs, keep old data for fewer days (KEEP_…_DAYS), or enlarge the disk: on a full one nothing can be saved.',
      pt: 'Apague o que ninguém usa, guarde dados antigos por menos dias (KEEP_…_DAYS) ou aumente o disco: com ele cheio, nada pode ser salvo.',
    },
    command: DOCTOR,
  },
  JOB_FAILED: {
    title: (job) => ({ en: `the job ${job} failed`, pt: `o job ${job} falhou` }),
    over: (job) => ({ en: `the job ${job} no longer fails`, pt: `o job ${job} parou de falhar` }),
    advice: {
      en: "Read the run's log, repair the cause, and repeat the run with `bun run jobs retry` and its id.",
      pt: 'Leia o log da execução, corrija a causa e repita a execução com `bun run jobs retry` e o id dela.',
    },
    command: (job) => `bun run jobs runs ${word(job)}`,
  },
  JOB_INVALID: {
    title: (file) => ({ en: `the job file ${file} cannot be used`, pt: `o arquivo de job ${file} não pode ser usado` }),
    over: (file) => ({
      en: `the job file ${file} is in order, or gone`,
      pt: `o arquivo de job ${file} está em ordem, ou não existe mais`,
    }),
    advice: {
      en: 'Correct the file where the error says. Until then its change does not count.',
      pt: 'Corrija o arquivo no ponto que o erro indica. Até lá, a mudança não vale.',
    },
    command: () => 'bun run jobs check',
  },
  JOB_GONE: {
    title: (job) => ({ en: `the file of the job ${job} is gone`, pt: `o arquivo do job ${job} sumiu` }),
    over: (job) => ({
      en: `the file of the job ${job} is back, or the job was forgotten`,
      pt: `o arquivo do job ${job} voltou, ou o job foi esquecido`,
    }),
    advice: {
      en: 'Put the file back where a running jobs program finds it, or remove the job with `bun run jobs forget` and its name.',
      pt: 'Recoloque o arquivo onde um programa de jobs em execução o encontre, ou remova o job com `bun run jobs forget` e o nome dele.',
    },
    command: () => 'bun run jobs list',
  },
  PROGRAM_SILENT: {
    title: (program) => ({ en: `${program} gives no sign of life`, pt: `${program} não dá sinal de vida` }),
    over: (program) => ({ en: `${program} is at work again, or was stopped`, pt: `${program} voltou, ou foi parado` }),
    advice: {
      en: '`bun run up` starts it again by itself; else look at its log, end it and start it.',
      pt: '`bun run up` o reinicia sozinho; senão, veja o log dele, encerre-o e inicie-o.',
    },
    command: DOCTOR,
  },
  CLOCK_JUMPED: {
    title: () => ({ en: "the database's clock jumped", pt: 'o relógio do banco de dados saltou' }),
    over: () => ({ en: "the database's clock goes as it should", pt: 'o relógio do banco de dados anda como deve' }),
    advice: {
      en: "Keep the clock of the database's machine right by NTP; look at what ran too early, and what was missed.",
      pt: 'Mantenha o relógio da máquina do banco de dados certo por NTP; veja o que rodou cedo demais e o que foi perdido.',
    },
    command: () => 'bun run jobs list',
  },
  LOOP_BLOCKED: {
    title: (worker) => ({
      en: `a job keeps all others of ${worker} from going on`,
      pt: `um job impede os outros de ${worker} de continuar`,
    }),
    over: (worker) => ({ en: `${worker} goes on`, pt: `${worker} voltou a andar` }),
    advice: {
      en: 'Set `isolate: true` on a job that computes for long: then it has a process of its own.',
      pt: 'Use `isolate: true` em um job que calcula por muito tempo: assim ele tem um processo só dele.',
    },
    command: () => 'bun run jobs list',
  },
  JOB_SILENT: {
    title: (job) => ({ en: `the job ${job} is no longer scheduled`, pt: `o job ${job} deixou de ser agendado` }),
    over: (job) => ({ en: `the job ${job} is scheduled again`, pt: `o job ${job} voltou a ser agendado` }),
    advice: {
      en: 'Restart every replica of `bun run jobs` with the same files.',
      pt: 'Reinicie todas as réplicas de `bun run jobs` com os mesmos arquivos.',
    },
    command: (job) => `bun run jobs next ${word(job)}`,
  },
  JOB_MISSED: {
    title: (job) =>
      job === MANY
        ? { en: 'several jobs did not run at their time', pt: 'vários jobs não rodaram no horário previsto' }
        : { en: `the job ${job} did not run at its time`, pt: `o job ${job} não rodou no horário previsto` },
    over: (job) =>
      job === MANY
        ? { en: 'jobs run at their time again', pt: 'os jobs voltaram a rodar no horário' }
        : { en: `the job ${job} no longer misses its time`, pt: `o job ${job} parou de perder o horário` },
    advice: {
      en: 'Check that `bun run jobs` runs all the time; what is to be made up for, start with `bun run jobs trigger` or `backfill`.',
      pt: 'Verifique se `bun run jobs` fica sempre no ar; o que precisa ser compensado, inicie com `bun run jobs trigger` ou `backfill`.',
    },
    command: (job) => (job === MANY ? 'bun run jobs list' : `bun run jobs next ${word(job)}`),
  },
  QUEUE_DEAD: {
    title: () => ({ en: 'messages of the queue were given up', pt: 'mensagens da fila foram abandonadas' }),
    over: () => ({
      en: 'no messages of the queue are given up any more',
      pt: 'não há mais mensagens abandonadas na fila',
    }),
    advice: {
      en: 'Look at why they failed; when the cause is repaired, they can be replayed.',
      pt: 'Veja por que falharam; depois de corrigida a causa, podem ser reprocessadas.',
    },
    command: DOCTOR,
  },
  QUEUE_LAG: {
    title: (queue) => ({
      en: `messages of the queue ${queue} wait too long`,
      pt: `mensagens da fila ${queue} esperam tempo demais`,
    }),
    over: (queue) => ({
      en: `the queue ${queue} is handled in time again`,
      pt: `a fila ${queue} voltou a ser processada em dia`,
    }),
    advice: {
      en: 'Check that `bun run consumers` runs and look at its log: it says for which engine it waits; more replicas share a queue.',
      pt: 'Verifique se `bun run consumers` está no ar e veja o log: ele diz que serviço está esperando; mais réplicas dividem a fila.',
    },
    command: DOCTOR,
  },
  DEAD_LETTERS_NEW: {
    title: (group) => ({
      en: `messages die for a new reason: ${group}`,
      pt: `mensagens morrem por um motivo novo: ${group}`,
    }),
    over: (group) => ({ en: `no dead letters are left of ${group}`, pt: `não restam mensagens mortas de ${group}` }),
    advice: {
      en: 'Look at one of them, correct the cause, and replay the group, the first few alone; or purge it.',
      pt: 'Veja uma delas, corrija a causa e reprocesse o grupo, as primeiras sozinhas; ou descarte-o.',
    },
    command: () => 'bun run dead-letters list',
  },
  DEAD_LETTERS_GROW: {
    title: (group) =>
      group === MANY
        ? { en: 'many groups of dead letters grow', pt: 'muitos grupos de mensagens mortas crescem' }
        : { en: `more and more messages die: ${group}`, pt: `cada vez mais mensagens morrem: ${group}` },
    over: (group) =>
      group === MANY
        ? { en: 'the groups of dead letters grow no longer', pt: 'os grupos de mensagens mortas pararam de crescer' }
        : { en: `${group} grows no longer`, pt: `${group} parou de crescer` },
    advice: {
      en: 'Look at one of them and correct the cause before you replay the group; what goes on dying may be sent by one system.',
      pt: 'Veja uma delas e corrija a causa antes de reprocessar o grupo; o que continua morrendo pode vir de um só sistema.',
    },
    command: () => 'bun run dead-letters list',
  },
  CONSUMER_PAUSED: {
    title: (consumer) => ({
      en: `the consumer of ${consumer} has paused: most messages fail`,
      pt: `o consumidor de ${consumer} pausou: a maioria das mensagens falha`,
    }),
    over: (consumer) => ({ en: `the consumer of ${consumer} goes on`, pt: `o consumidor de ${consumer} voltou` }),
    advice: {
      en: 'Correct the cause and choose "try again", or choose "dead-letter them"; nothing is lost until then, and nothing is handled.',
      pt: 'Corrija a causa e escolha “tentar de novo”, ou escolha “enviar às mensagens mortas”; até lá nada se perde e nada é processado.',
    },
    command: DOCTOR,
  },
  STREAM_LAG: {
    title: (topic) => ({
      en: `a consumer lags behind the topic ${topic}`,
      pt: `um consumidor está atrasado no tópico ${topic}`,
    }),
    over: (topic) => ({
      en: `the topic ${topic} is read in time again`,
      pt: `o tópico ${topic} voltou a ser lido em dia`,
    }),
    advice: {
      en: 'Check that `bun run consumers` runs and look at its log; more replicas read faster, up to one for each partition. The page of streams says which partition waits, and for how long.',
      pt: 'Verifique se `bun run consumers` está no ar e veja o log; mais réplicas leem mais rápido, até uma por partição. A página de streams diz qual partição espera, e há quanto tempo.',
    },
    command: DOCTOR,
  },
  DATA_STALE: {
    title: () => ({ en: 'input has waited too long', pt: 'há dados esperando há tempo demais' }),
    over: () => ({ en: 'no input waits too long any more', pt: 'não há mais dados esperando tempo demais' }),
    advice: {
      en: 'Check that `bun run consumers` and `bun run charts` run, and look at their logs.',
      pt: 'Verifique se `bun run consumers` e `bun run charts` estão no ar e veja os logs deles.',
    },
    command: DOCTOR,
  },
  BACKUP_STALE: {
    title: () => ({ en: 'the newest good backup is too old', pt: 'o backup válido mais novo está velho demais' }),
    over: () => ({ en: 'there is a new good backup', pt: 'há um novo backup válido' }),
    advice: {
      en: 'Look at why the job failed, and make one now: `bun run backup`.',
      pt: 'Veja por que o job falhou e faça um agora: `bun run backup`.',
    },
    command: () => 'bun run jobs runs backup',
  },
  MONITOR_DOWN: {
    title: (monitor) => ({ en: `the monitor ${monitor} is down`, pt: `o monitor ${monitor} está fora do ar` }),
    over: (monitor) => ({ en: `the monitor ${monitor} is up again`, pt: `o monitor ${monitor} voltou ao ar` }),
    advice: {
      en: 'Look at what the monitor asks; it is not a part of Doca.',
      pt: 'Verifique o que o monitor consulta; não é parte do Doca.',
    },
    command: (monitor) => `bun run jobs monitors ${word(monitor)}`,
  },
  CERTIFICATE_ENDS: {
    title: (monitor) => ({
      en: `the certificate of ${monitor} ends soon`,
      pt: `o certificado de ${monitor} vence em breve`,
    }),
    over: (monitor) => ({
      en: `the certificate of ${monitor} is renewed, or no longer watched`,
      pt: `o certificado de ${monitor} foi renovado, ou não é mais vigiado`,
    }),
    advice: {
      en: 'Renew the certificate, or find out why it does not renew itself: browsers refuse it once it has ended.',
      pt: 'Renove o certificado, ou descubra por que não se renova sozinho: depois de vencido, os navegadores o recusam.',
    },
    command: (monitor) => `bun run jobs monitors ${word(monitor)}`,
  },
  PING_OVERDUE: {
    title: (monitor) => ({ en: `the ping of ${monitor} is overdue`, pt: `o ping de ${monitor} está atrasado` }),
    over: (monitor) => ({ en: `the ping of ${monitor} has come`, pt: `o ping de ${monitor} chegou` }),
    advice: {
      en: 'Look at the machine whose job sends it: is it on, does its cron run, does the job end, does it reach Doca?',
      pt: 'Veja a máquina cujo job envia o ping: está ligada, o cron roda, o job termina, ela alcança o Doca?',
    },
    command: (monitor) => `bun run jobs monitors ${word(monitor)}`,
  },
  PING_FAILED: {
    title: (monitor) => ({ en: `the job behind ${monitor} failed`, pt: `o job por trás de ${monitor} falhou` }),
    over: (monitor) => ({
      en: `the job behind ${monitor} succeeded again`,
      pt: `o job por trás de ${monitor} voltou a terminar bem`,
    }),
    advice: {
      en: 'Read what the job sent, and look at its log on its machine.',
      pt: 'Leia o que o job enviou e veja o log na máquina dele.',
    },
    command: (monitor) => `bun run jobs monitors ${word(monitor)}`,
  },
  WAL_NOT_KEPT: {
    title: () => ({
      en: 'the write-ahead log cannot be kept',
      pt: 'o log de transações não pode ser guardado',
    }),
    over: () => ({ en: 'the write-ahead log is kept again', pt: 'o log de transações voltou a ser guardado' }),
    advice: {
      en: 'See why in DATA_DIR/postgres.log: free space, or give the user access to DATA_DIR/backups/wal; where it says that a segment is there with another content, move that folder away. Then run `bun run backup`.',
      pt: 'Veja a causa em DATA_DIR/postgres.log: libere espaço, ou dê ao usuário acesso a DATA_DIR/backups/wal; se diz que um segmento já existe com outro conteúdo, mova essa pasta. Depois execute `bun run backup`.',
    },
    command: DOCTOR,
  },
  CHANNEL_DOWN: {
    title: (channel) => ({ en: `alerts do not arrive through ${channel}`, pt: `os alertas não chegam por ${channel}` }),
    over: (channel) => ({
      en: `alerts arrive through ${channel} again`,
      pt: `os alertas voltaram a chegar por ${channel}`,
    }),
    advice: {
      en: 'Correct the settings of the channel (.env.example lists them), and send a test.',
      pt: 'Corrija a configuração do canal (.env.example mostra todas) e envie um teste.',
    },
    command: (channel) => `bun run jobs alert-test ${word(channel)}`,
  },
}

/** The subject of many jobs at once. */
const MANY = '*'

/** A subject as one word of a command line. */
const word = (subject: string) => (/^[\w./:@-]+$/.test(subject) ? subject : `'${subject.replaceAll("'", `'\\''`)}'`)
