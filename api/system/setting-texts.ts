/** What each variable is for, as .env.example says it, in both languages; a group of variables shares its sentence. */
import type { Translated } from '../../lib/texts.ts'

/** By names, separated by blanks. */
export const SETTING_TEXTS: Record<string, Translated> = {
  DATA_DIR: {
    en: 'Folder of the embedded PostgreSQL, objects and generated secrets; it and what is in it are for the user of the programs alone.',
    pt: 'Pasta do PostgreSQL embutido, dos objetos e dos segredos gerados; ela e o que há nela são só do usuário dos programas.',
  },
  DATABASE_URL: {
    en: "A PostgreSQL 15 or later instead of the embedded one; its user owns the database, and needs CREATEDB for the backup's drill but no superuser's rights. Required with NODE_ENV=production.",
    pt: 'Um PostgreSQL 15 ou mais novo no lugar do embutido; o usuário dele é dono do banco e precisa de CREATEDB para o teste de restauração, mas não de direitos de superusuário. Obrigatório com NODE_ENV=production.',
  },
  CACHE_URL: {
    en: 'Each role on an engine of its own; unset: tables in the database, and for objects files below DATA_DIR.',
    pt: 'Cada papel em um motor próprio; sem valor: tabelas no banco e, para objetos, arquivos em DATA_DIR.',
  },
  STREAM_URL: {
    en: 'Kafka: where wanted ?prefix=, &partitions=, &replication= (for a topic we create), &tls=1, &mechanism=scram-sha-512.',
    pt: 'Kafka: se desejar, ?prefix=, &partitions=, &replication= (de um tópico que criamos), &tls=1, &mechanism=scram-sha-512.',
  },
  QUEUE_URL: {
    en: 'RabbitMQ: the last part is the virtual host (%2F for /); amqps:// for TLS.',
    pt: 'RabbitMQ: a última parte é o virtual host (%2F para /); amqps:// para TLS.',
  },
  HISTORY_URL: {
    en: 'Cassandra or ScyllaDB: dc is the data centre to talk to; where wanted &replication=3 (for a keyspace we create), &tls=1, &concurrency=128 (statements of one write that are under way at once).',
    pt: 'Cassandra ou ScyllaDB: dc é o data center com que falar; se desejar, &replication=3 (de um keyspace que criamos), &tls=1, &concurrency=128 (comandos de uma gravação em andamento ao mesmo tempo).',
  },
  JOURNAL_URL: { en: 'MongoDB: the last part is the database.', pt: 'MongoDB: a última parte é o banco.' },
  OBJECTS_URL: {
    en: "Without an endpoint the bucket is on AWS, and the keys may also come from a profile or the machine's role.",
    pt: 'Sem endpoint, o bucket fica na AWS, e as chaves também podem vir de um perfil ou da função da máquina.',
  },
  'AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY': {
    en: 'Keys to the buckets of OBJECTS_URL and BACKUP_URL.',
    pt: 'Chaves dos buckets de OBJECTS_URL e BACKUP_URL.',
  },
  EMBEDDED_PORT: {
    en: 'Fixed port for the embedded PostgreSQL; unset: a free one, recorded beside the data. Not together with DATABASE_URL.',
    pt: 'Porta fixa do PostgreSQL embutido; sem valor: uma livre, registrada junto aos dados. Não junto com DATABASE_URL.',
  },
  DATABASE_WAIT_S: {
    en: 'How long a program waits at its start for a database that is late, seconds.',
    pt: 'Quanto um programa espera, ao iniciar, por um banco que demora, em segundos.',
  },
  DATABASE_POOL: { en: 'Connections to PostgreSQL per process.', pt: 'Conexões com o PostgreSQL por processo.' },
  STATEMENT_TIMEOUT_S: {
    en: 'How long a statement may take before the database ends it, seconds; unset: 10 in the API, 60 in jobs, 15 elsewhere.',
    pt: 'Quanto um comando pode levar antes que o banco o encerre, em segundos; sem valor: 10 na API, 60 nos jobs, 15 nos demais.',
  },
  STREAM_LEASE_S: {
    en: 'How long a stream consumer that died keeps its partitions, seconds.',
    pt: 'Por quanto tempo um consumidor de stream que morreu fica com as suas partições, em segundos.',
  },
  STREAM_CLIENT: {
    en: 'The client library for Kafka: kafkajs or platformatic (@platformatic/kafka, which also reads snappy, lz4 and zstd).',
    pt: 'A biblioteca cliente do Kafka: kafkajs ou platformatic (@platformatic/kafka, que também lê snappy, lz4 e zstd).',
  },
  BACKUP_KEY: {
    en: 'Encrypts backups, 32 bytes or more. Keep it where the machine is not: no backup opens without it. Unset: backups can be read by whoever has them, and leave the generated secrets out.',
    pt: 'Criptografa os backups, 32 bytes ou mais. Guarde-a longe da máquina: nenhum backup abre sem ela. Sem valor: os backups podem ser lidos por quem os tiver e deixam de fora os segredos gerados.',
  },
  BACKUP_URL: {
    en: 'Copies of backups: s3://bucket?endpoint=…&region=… (with the same keys as OBJECTS_URL) or a folder, such as a mounted disk.',
    pt: 'Cópias dos backups: s3://bucket?endpoint=…&region=… (com as mesmas chaves de OBJECTS_URL) ou uma pasta, como um disco montado.',
  },
  KEEP_WAL: {
    en: "on: the embedded PostgreSQL keeps its write-ahead log below DATA_DIR/backups/wal, not encrypted, so that `bun run restore --to TIME` can go to any time of the last seven days from the next backup on. Counts from the server's next start. Not together with DATABASE_URL.",
    pt: 'on: o PostgreSQL embutido guarda o seu write-ahead log em DATA_DIR/backups/wal, sem criptografia, para que `bun run restore --to TIME` possa voltar a qualquer hora dos últimos sete dias, a partir do próximo backup. Vale a partir do próximo início do servidor. Não junto com DATABASE_URL.',
  },
  BACKUP_MAX_AGE_H: {
    en: 'An alert says so when the newest good backup is older than this, hours.',
    pt: 'Um alerta avisa quando o backup bom mais novo é mais velho que isto, em horas.',
  },
  NODE_ENV: {
    en: 'production asks for DATABASE_URL, JWT_SECRET and TOTP_KEY, and refuses weak settings.',
    pt: 'production exige DATABASE_URL, JWT_SECRET e TOTP_KEY e recusa configurações fracas.',
  },
  LOG_LEVEL: {
    en: 'trace, debug, info, warn, error, fatal or silent.',
    pt: 'trace, debug, info, warn, error, fatal ou silent.',
  },
  LOCALE: {
    en: "pt-BR or en: charts, reports, alerts, error.json, and the API's texts for clients that send no Accept-Language.",
    pt: 'pt-BR ou en: gráficos, relatórios, alertas, error.json e os textos da API para clientes que não enviam Accept-Language.',
  },
  SHUTDOWN_S: {
    en: 'How long a program may take to stop cleanly, seconds.',
    pt: 'Quanto um programa pode levar para parar corretamente, em segundos.',
  },
  HEARTBEAT_FILE: {
    en: "A file that a program rewrites every 5 s once it is ready; one for each program. Containers' health checks look at its age.",
    pt: 'Um arquivo que um programa pronto reescreve a cada 5 s; um para cada programa. As verificações de saúde dos contêineres olham a idade dele.',
  },
  METRICS_PORT: {
    en: "Where jobs, consumers and charts answer Prometheus, at HOST: GET /metrics, with METRICS_TOKEN as the API's. Under `bun run up` jobs has this port, consumers the next and charts the one after. Unset: they measure nothing.",
    pt: 'Onde jobs, consumers e charts respondem ao Prometheus, em HOST: GET /metrics, com METRICS_TOKEN como na API. Com `bun run up`, jobs fica com esta porta, consumers com a seguinte e charts com a outra. Sem valor: não medem nada.',
  },
  'OTEL_EXPORTER_OTLP_ENDPOINT OTEL_EXPORTER_OTLP_TRACES_ENDPOINT': {
    en: "Traces: an OpenTelemetry receiver that takes OTLP over HTTP as JSON; …/v1/traces is put behind the first, not behind the second. Unset: none. OpenTelemetry's other variables (OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER, OTEL_EXPORTER_OTLP_HEADERS …) mean what it says.",
    pt: 'Traces: um receptor OpenTelemetry que aceita OTLP por HTTP em JSON; …/v1/traces é acrescentado ao primeiro, não ao segundo. Sem valor: nenhum. As outras variáveis do OpenTelemetry (OTEL_SERVICE_NAME, OTEL_TRACES_SAMPLER, OTEL_EXPORTER_OTLP_HEADERS …) significam o que ele diz.',
  },
  OTEL_EXPORTER_OTLP_PROTOCOL: { en: 'http/json is the only one.', pt: 'http/json é o único.' },
  'OTEL_SDK_DISABLED OTEL_TRACES_EXPORTER': {
    en: 'Either turns traces off: true; none.',
    pt: 'Qualquer um desliga os traces: true; none.',
  },
  'HOST PORT': {
    en: 'Address and port where the API listens; 0.0.0.0 is every address of the machine.',
    pt: 'Endereço e porta em que a API escuta; 0.0.0.0 é todo endereço da máquina.',
  },
  SHARE_PORT: {
    en: 'true: several API processes listen on the port, one per core say; Linux spreads connections over them.',
    pt: 'true: vários processos da API escutam na porta, um por núcleo, por exemplo; o Linux distribui as conexões entre eles.',
  },
  FEATURES: {
    en: 'Which features this process serves, comma-separated: auth, users, packaging, events, people, charts, reports, jobs, monitors, alerts, kpis, live, system, orders, dead_letters. Unset: all.',
    pt: 'Que partes este processo atende, separadas por vírgulas: auth, users, packaging, events, people, charts, reports, jobs, monitors, alerts, kpis, live, system, orders, dead_letters. Sem valor: todas.',
  },
  JWT_SECRET: {
    en: 'Signs access tokens, 32 bytes or more; unset: generated into DATA_DIR/secrets. Required with NODE_ENV=production.',
    pt: 'Assina os tokens de acesso, 32 bytes ou mais; sem valor: gerado em DATA_DIR/secrets. Obrigatório com NODE_ENV=production.',
  },
  JWT_SECRET_PREVIOUS: {
    en: 'The secret before this one: tokens that it signed stay good. Unset it JWT_EXPIRES_S after the change.',
    pt: 'O segredo anterior: os tokens que ele assinou continuam valendo. Tire-o JWT_EXPIRES_S depois da troca.',
  },
  JWT_EXPIRES_S: { en: 'How long an access token lives, seconds.', pt: 'Quanto vive um token de acesso, em segundos.' },
  API_KEY_MAX_DAYS: {
    en: 'How long an API key may live at most, days.',
    pt: 'Quanto uma chave de API pode viver no máximo, em dias.',
  },
  'SESSION_IDLE_ADMIN_S SESSION_IDLE_S': {
    en: "How long a session may stay unused before it ends, seconds (300 or more): an admin's; anybody else's.",
    pt: 'Quanto uma sessão pode ficar sem uso antes de terminar, em segundos (300 ou mais): a de um administrador; a de qualquer outro.',
  },
  TOTP_KEY: {
    en: "Encrypts the secrets of authenticator apps, 32 bytes or more; unset: generated into DATA_DIR/secrets. Required with NODE_ENV=production. Without it nobody's codes can be checked: keep it with the backups.",
    pt: 'Criptografa os segredos dos aplicativos autenticadores, 32 bytes ou mais; sem valor: gerada em DATA_DIR/secrets. Obrigatória com NODE_ENV=production. Sem ela, nenhum código pode ser conferido: guarde-a com os backups.',
  },
  TOTP_KEY_PREVIOUS: {
    en: 'The key before this one: what it encrypted still opens, and is encrypted anew when its user signs in.',
    pt: 'A chave anterior: o que ela criptografou ainda abre e é criptografado de novo quando o seu usuário entra.',
  },
  REQUIRE_2FA: {
    en: 'Who needs two-factor sign-in and can do nothing but enrol until it is on: none, admin, operator (and admins) or all (but SERVICE_USERNAME). Unset: admin with NODE_ENV=production, else none.',
    pt: 'Quem precisa da verificação em duas etapas e nada pode além de ativá-la: none (ninguém), admin, operator (e administradores) ou all (todos, menos SERVICE_USERNAME). Sem valor: admin com NODE_ENV=production; senão, none.',
  },
  ADMIN_PASSWORD: {
    en: 'First password of admin, 12 characters or more; unset: generated and printed once. Neither has to be changed.',
    pt: 'Primeira senha de admin, 12 caracteres ou mais; sem valor: gerada e mostrada uma vez. Nenhuma das duas precisa ser trocada.',
  },
  'SERVICE_USERNAME SERVICE_PASSWORD': {
    en: 'The user that jobs sign in as. The password is generated into DATA_DIR/secrets when unset; set it, the same for api and jobs, where they do not share DATA_DIR.',
    pt: 'O usuário com que os jobs entram. A senha é gerada em DATA_DIR/secrets quando não há valor; defina-a, igual para api e jobs, se não compartilham DATA_DIR.',
  },
  PASSWORD_ROUNDS: {
    en: 'PBKDF2 rounds; fewer than 600000 only outside production.',
    pt: 'Rodadas de PBKDF2; menos de 600000 só fora de produção.',
  },
  METRICS_TOKEN: {
    en: 'A scraper of /metrics sends it as a bearer token, and so do jobs: set it the same for api and jobs. Unset: /metrics is public, with NODE_ENV=production for programs on this machine only. Set it behind a proxy that adds no X-Forwarded-For.',
    pt: 'Quem coleta /metrics o envia como bearer token, e os jobs também: defina-o igual para api e jobs. Sem valor: /metrics é público e, com NODE_ENV=production, só para programas desta máquina. Defina-o atrás de um proxy que não acrescenta X-Forwarded-For.',
  },
  MAX_UPLOAD_MB: {
    en: 'Largest upload, MiB; other bodies may have 1 MiB.',
    pt: 'Maior envio, em MiB; os demais corpos podem ter 1 MiB.',
  },
  WEBHOOK_SECRET: {
    en: 'Shared with whoever signs POST /webhook/airflow, 32 bytes or more; unset: tokens only.',
    pt: 'Compartilhado com quem assina POST /webhook/airflow, 32 bytes ou mais; sem valor: só tokens.',
  },
  'RATE_LIMIT_PER_MIN RATE_LIMIT_ANONYMOUS_PER_MIN RATE_LIMIT_SIGN_IN_PER_MIN RATE_LIMIT_REFRESH_PER_MIN': {
    en: 'Requests a minute of one signed-in user, and of one address without a token. Sign-in (POST /login, and /2fa/verify with a challenge) and POST /token/refresh count apart, by address, so that other requests from it keep nobody out.',
    pt: 'Requisições por minuto de um usuário conectado e de um endereço sem token. O login (POST /login e /2fa/verify com um challenge) e POST /token/refresh contam à parte, por endereço, para que outras requisições dele não deixem ninguém de fora.',
  },
  RATE_LIMIT_PING_PER_MIN: {
    en: 'Pings of one address (/ping/…), which count apart, too.',
    pt: 'Pings de um endereço (/ping/…), que também contam à parte.',
  },
  PING_SECRET: {
    en: 'Makes the tokens of push URLs, 32 bytes or more, the same for api and jobs; unset: generated into DATA_DIR/secrets. A new one changes every push URL.',
    pt: 'Faz os tokens das URLs de push, 32 bytes ou mais, igual para api e jobs; sem valor: gerado em DATA_DIR/secrets. Um novo muda todas as URLs de push.',
  },
  MAX_STREAMS_PER_USER: {
    en: 'Event streams and downloads that one user may have open at once, in each process.',
    pt: 'Quantos streams de eventos e downloads um usuário pode ter abertos ao mesmo tempo, em cada processo.',
  },
  TRUSTED_PROXIES: {
    en: 'Proxies before the API, as addresses or networks: only their X-Forwarded-For is believed.',
    pt: 'Proxies diante da API, como endereços ou redes: só o X-Forwarded-For deles conta.',
  },
  CORS_ORIGINS: {
    en: 'Origins whose web pages may call the API from a browser, e.g. https://intranet.example.com.',
    pt: 'Origens cujas páginas podem chamar a API de um navegador, p. ex. https://intranet.example.com.',
  },
  'TLS_CERT TLS_KEY': {
    en: 'Certificate and key, two PEM files: HTTPS instead of HTTP.',
    pt: 'Certificado e chave, dois arquivos PEM: HTTPS em vez de HTTP.',
  },
  API_URL: {
    en: 'Where jobs find the API; unset: on this machine, at PORT.',
    pt: 'Onde os jobs encontram a API; sem valor: nesta máquina, em PORT.',
  },
  JOBS_DIR: {
    en: "The folder with a file, or a folder, per job; unset: jobs/definitions. In one elsewhere '../job.ts' and '../monitor.ts', and packages that it lacks, are Doca's, so that a file is the same in both.",
    pt: "A pasta com um arquivo, ou uma pasta, por job; sem valor: jobs/definitions. Em uma de outro lugar, '../job.ts' e '../monitor.ts', e os pacotes que lhe faltam, são os do Doca, para que um arquivo seja igual nas duas.",
  },
  JOBS_CONCURRENCY: {
    en: 'Runs that one replica has under way at once.',
    pt: 'Quantas execuções uma réplica tem em andamento ao mesmo tempo.',
  },
  POOLS: {
    en: 'How many runs of the jobs with the same `pool` are under way at once, over all replicas; a pool that is not named here: 1.',
    pt: 'Quantas execuções dos jobs com o mesmo `pool` andam ao mesmo tempo, em todas as réplicas; um pool que não está aqui: 1.',
  },
  JOBS_LEASE_S: {
    en: 'A run whose worker has not been heard of for so long goes to another, seconds.',
    pt: 'Uma execução cujo worker não dá sinal há tanto tempo passa a outro, em segundos.',
  },
  'API_SLOW_MS DISK_MIN_FREE_PERCENT QUEUE_DEAD_MAX STREAM_LAG_MAX STREAM_LAG_S DATA_STALE_S': {
    en: 'Alerts of the probe: /health slower than this; less of the disk of DATA_DIR free; more dead letters; a consumer group further behind, messages, or its oldest message waiting for longer, seconds; an input that has waited longer to be processed, seconds.',
    pt: 'Alertas da sonda: /health mais lento que isto; menos espaço livre no disco de DATA_DIR; mais dead letters; um grupo de consumidores mais atrasado, em mensagens, ou cuja mensagem mais antiga espera há mais tempo, em segundos; uma entrada que espera há mais tempo, em segundos.',
  },
  'DEAD_LETTERS_PER_HOUR QUEUE_LAG_S': {
    en: 'Alerts of the probe, too: a group of dead letters that gets more within an hour; a message of orders that has waited longer to be handled, seconds.',
    pt: 'Também alertas da sonda: um grupo de dead letters que recebe mais em uma hora; uma mensagem de pedidos que espera há mais tempo para ser processada, em segundos.',
  },
  PING_URL: {
    en: 'A check at Healthchecks, or at what understands its addresses (…, …/start, …/fail): it hears of this program every minute, and tells people when it no longer does. It is a secret.',
    pt: 'Uma verificação no Healthchecks, ou no que entende os endereços dele (…, …/start, …/fail): tem notícia deste programa a cada minuto e avisa as pessoas quando deixa de ter. É um segredo.',
  },
  'USERS_API_URL USERS_STREAM_S USERS_STREAM_PER_S USERS_STREAM_PAGE': {
    en: 'users_stream: people from a RandomUser-shaped API into a topic; for so long, so many a second, so many on a page.',
    pt: 'users_stream: pessoas de uma API como a do RandomUser para um tópico; por tanto tempo, tantas por segundo, tantas por página.',
  },
  'USERS_TOPIC USERS_KEYSPACE USERS_TABLE': {
    en: 'The topic of people, to which users_stream sends and which the consumer users reads; the keyspace (without HISTORY_URL a schema of the database) and the table that it keeps them in, made where they are missing.',
    pt: 'O tópico das pessoas, para o qual users_stream envia e que o consumidor users lê; o keyspace (sem HISTORY_URL, um schema do banco) e a tabela em que ele as guarda, criados se faltarem.',
  },
  WEATHER_URL: {
    en: 'weather: a service that answers like WeatherAPI (unset) or OpenWeatherMap (…/data/2.5/weather?units=metric&q={place}&appid={key}).',
    pt: 'weather: um serviço que responde como o WeatherAPI (sem valor) ou o OpenWeatherMap (…/data/2.5/weather?units=metric&q={place}&appid={key}).',
  },
  WEATHER_KEY: {
    en: 'Key of the weather service; unset: the job skips its hours.',
    pt: 'Chave do serviço de clima; sem valor: o job pula os seus horários.',
  },
  WEATHER_PLACES: {
    en: 'Places of the job weather, separated by semicolons, e.g. São Paulo;Recife,BR.',
    pt: 'Lugares do job weather, separados por ponto e vírgula, p. ex. São Paulo;Recife,BR.',
  },
  EVENTS_UNKNOWN_SKU: {
    en: 'What becomes of an event of a sku that the catalogue does not have: failed, or processed (passed on with packaging null, and a warning).',
    pt: 'O que acontece com um evento de um sku que o catálogo não tem: failed, ou processed (segue adiante com packaging null, e um aviso).',
  },
  SCHEMA_REGISTRY_URL: {
    en: "A schema registry in Confluent's sense, for events in its wire format (Avro, JSON Schema); unset: events are JSON, and others fail.",
    pt: 'Um registro de esquemas como o da Confluent, para eventos no formato dele (Avro, JSON Schema); sem valor: eventos são JSON, e outros falham.',
  },
  SYSTEMS: {
    en: 'The order systems with their databases; a name alone, or unset (a and b), is a schema of its own in the database (system_a). None is called messages or output.',
    pt: 'Os sistemas de pedidos com os seus bancos; um nome sozinho, ou sem valor (a e b), é um schema próprio no banco (system_a). Nenhum se chama messages ou output.',
  },
  OUTPUT_DATABASE_URL: {
    en: 'The database for orders that were handled; unset: the schema `output` in the database.',
    pt: 'O banco dos pedidos processados; sem valor: o schema `output` no banco.',
  },
  'ORDERS_MAX_ATTEMPTS ORDERS_RETRY_DELAY_S': {
    en: 'Attempts of a message, then it is a dead letter; and the delay between them, seconds. The same for api and consumers.',
    pt: 'Tentativas de uma mensagem, depois ela é uma dead letter; e a espera entre elas, em segundos. O mesmo para api e consumers.',
  },
  ORDERS_PREFETCH: {
    en: 'Messages that one consumer of orders holds at once.',
    pt: 'Mensagens que um consumidor de pedidos segura de uma vez.',
  },
  ORDERS_MAX_MESSAGE_KB: {
    en: 'A larger message is a dead letter at once, KiB.',
    pt: 'Uma mensagem maior é uma dead letter na hora, em KiB.',
  },
  JOURNAL_TTL_S: {
    en: 'How long the journal keeps each attempt, seconds.',
    pt: 'Por quanto tempo o diário guarda cada tentativa, em segundos.',
  },
  'KEEP_RUNS_DAYS KEEP_RUN_LOGS_DAYS KEEP_PROBE_DAYS KEEP_MONITORS_DAYS KEEP_AUDIT_DAYS KEEP_SESSIONS_DAYS KEEP_ALERTS_DAYS KEEP_EVENT_IDS_DAYS KEEP_STREAM_DAYS KEEP_REPORTS_DAYS':
    {
      en: "cleanup: how many days are kept of runs and slots; of their logs; of the probe's samples and monitor_api's files; of the history of monitors; of the audit; of ended sessions; of resolved alerts; of the ids by which a repeated event is known; of finished messages of a stream in the database; of reports.",
      pt: 'cleanup: quantos dias se guardam as execuções e os slots; os logs delas; as amostras da sonda e os arquivos de monitor_api; o histórico dos monitores; a auditoria; as sessões encerradas; os alertas resolvidos; os ids por que se reconhece um evento repetido; as mensagens prontas de um stream no banco; os relatórios.',
    },
  ALERT_LOG: {
    en: 'A file with a JSON line for each alert; unset: DATA_DIR/alerts.log. Rotate it as you like.',
    pt: 'Um arquivo com uma linha JSON por alerta; sem valor: DATA_DIR/alerts.log. Faça a rotação como quiser.',
  },
  'SMTP_URL ALERT_EMAIL_FROM ALERT_EMAIL_TO': {
    en: 'E-mail: smtps:// for TLS from the start; with smtp:// and a password STARTTLS is insisted on. TO may name several. Users with an address are told of changes of their account through the same server.',
    pt: 'E-mail: smtps:// para TLS desde o início; com smtp:// e uma senha, STARTTLS é exigido. TO pode ter vários. Usuários com endereço são avisados de mudanças na conta pelo mesmo servidor.',
  },
  'SLACK_WEBHOOK_URL TEAMS_WEBHOOK_URL TELEGRAM_BOT_TOKEN TELEGRAM_CHAT_ID TELEGRAM_API_URL': {
    en: "A Slack incoming webhook; the webhook of a Teams Workflow; a Telegram bot (TELEGRAM_API_URL: a Bot API server of one's own).",
    pt: 'Um webhook de entrada do Slack; o webhook de um Workflow do Teams; um bot do Telegram (TELEGRAM_API_URL: um servidor próprio da Bot API).',
  },
  'ALERT_WEBHOOK_URL ALERT_WEBHOOK_SECRET': {
    en: 'Any other: JSON, with a secret of 32 bytes or more signed as POST /webhook/airflow is (X-Timestamp, X-Signature-256).',
    pt: 'Qualquer outro: JSON, e com um segredo de 32 bytes ou mais assinado como POST /webhook/airflow (X-Timestamp, X-Signature-256).',
  },
  ALERT_SEVERITY: {
    en: 'The least severity that is told: INFO, WARNING, ERROR or CRITICAL; for one of email, slack, webhook, teams, telegram, log as email=ERROR. Unset: alerts.log has all, the others from WARNING on.',
    pt: 'A menor gravidade avisada: INFO, WARNING, ERROR ou CRITICAL; para um de email, slack, webhook, teams, telegram, log, como email=ERROR. Sem valor: alerts.log recebe tudo, os demais de WARNING em diante.',
  },
  ALERT_GROUP_S: {
    en: 'By e-mail, Slack, Teams and Telegram the first alert goes at once; what follows of the same rule within so many seconds is one message (of CRITICAL ones within 3). 0: a message for each.',
    pt: 'Por e-mail, Slack, Teams e Telegram o primeiro alerta vai na hora; o que segue da mesma regra nestes segundos vira uma mensagem (os CRITICAL em 3). 0: uma mensagem para cada.',
  },
  ALERT_RULES: {
    en: 'What a team changes in the rules (alerts.example.toml); unset: alerts.toml where the programs start, if it is there.',
    pt: 'O que uma equipe muda nas regras (alerts.example.toml); sem valor: alerts.toml onde os programas iniciam, se existir.',
  },
  'TIMEZONE PUBLIC_URL': {
    en: 'In messages, and of `restore --to`: the zone of times (an IANA name; unset: America/Sao_Paulo), and where readers find Doca, for links to runs and alerts.',
    pt: 'Nas mensagens e em `restore --to`: o fuso dos horários (um nome IANA; sem valor: America/Sao_Paulo) e onde os leitores encontram o Doca, para links de execuções e alertas.',
  },
  DATABASE_CHECK_S: {
    en: 'How often each replica of jobs looks whether the database answers, seconds; three times in vain is an alert.',
    pt: 'De quanto em quanto cada réplica dos jobs olha se o banco responde, em segundos; três vezes em vão são um alerta.',
  },
  CHARTS_POLL_S: {
    en: 'How often uploads/ is looked through, seconds.',
    pt: 'De quanto em quanto uploads/ é percorrida, em segundos.',
  },
  CHARTS_WORKERS: {
    en: 'How many workbooks one poller draws at once, each in a process of its own.',
    pt: 'Quantas planilhas um poller desenha ao mesmo tempo, cada uma em um processo próprio.',
  },
  CHARTS_LEASE_S: {
    en: 'A workbook whose poller has not been heard of for so long goes to another, seconds.',
    pt: 'Uma planilha cujo poller não dá sinal há tanto tempo passa a outro, em segundos.',
  },
  'CHARTS_MAX_ROWS CHARTS_MAX_INFLATED_MB CHARTS_TIME_LIMIT_S CHARTS_MEMORY_LIMIT_MB': {
    en: 'What one workbook may cost: rows per sheet, inflated size, seconds of processor time, memory. Its own size: MAX_UPLOAD_MB.',
    pt: 'Quanto uma planilha pode custar: linhas por aba, tamanho descompactado, segundos de processador, memória. O tamanho dela mesma: MAX_UPLOAD_MB.',
  },
}

const BY_NAME = new Map(
  Object.entries(SETTING_TEXTS).flatMap(([names, text]) => names.split(' ').map((name) => [name, text] as const)),
)

/** undefined for a variable that is read only to be refused. */
export const settingText = (name: string): Translated | undefined => BY_NAME.get(name)
