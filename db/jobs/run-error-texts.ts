/** Errors of runs for people: what the worker itself writes is told in their language; what a job throws is quoted as it came. */
import type { Translated } from '../../lib/texts.ts'

export function runErrorText(error: string): Translated {
  const known = IN_PORTUGUESE.find(([sentence]) => sentence.test(error))
  if (known) return { en: error, pt: error.replace(known[0], known[1]) }
  return { en: `the job said “${error}”`, pt: `o job disse “${error}”` }
}

const IN_PORTUGUESE: Array<[RegExp, string]> = [
  [
    /^It took longer than its timeout_s of ([\d.]+)\. It blocks its worker's event loop,.*$/,
    'Demorou mais que o seu timeout_s, de $1 s. Ela bloqueia o laço de eventos do worker e continua lá: nada pode pará-la. Use isolate: true.',
  ],
  [/^It took longer than its timeout_s of ([\d.]+)\.$/, 'Demorou mais que o seu timeout_s, de $1 s.'],
  [/^(.+) ended with exit code (\d+)\.$/, '$1 terminou com o código $2.'],
  [/^(.+) ended with exit code (\d+): (.*)$/s, '$1 terminou com o código $2: “$3”'],
  [/^The database has not answered within ([\d.]+) s\.$/, 'O banco de dados não respondeu em $1 s.'],
  [
    /^Given up: its worker died (\d+) times while running it\.$/,
    'Abandonada: os workers que a executavam morreram $1 vezes.',
  ],
  [
    /^It took (\d+) MiB of memory, more than its memory_mb of (\d+); it was killed\.$/,
    'Usou $1 MiB de memória, mais que o seu memory_mb de $2; foi encerrada à força.',
  ],
  [
    /^Its process was killed \(SIGKILL\);.*$/,
    'O processo foi encerrado à força (SIGKILL): é o que o sistema faz quando falta memória, ou alguém o fez à mão.',
  ],
  [/^Its process was ended from outside \((\w+)\)\.$/, 'O processo foi encerrado de fora ($1).'],
  [/^Its process crashed \((\w+)\);.*$/, 'O processo caiu ($1); o que imprimiu por último está no log da execução.'],
  [
    /^Its process ended itself with exit code (\d+) before run\(\) was done;.*$/,
    'O processo terminou por si com o código $1 antes do fim de run(); um job, ou o que ele chama, não pode sair do processo.',
  ],
  [
    /^It cannot be isolated: it is not in a file of its own\.$/,
    'Não pode ser isolado: não está em um arquivo próprio.',
  ],
]
