import type { ProblemText } from './problem-text.ts'

/** Of any request, whatever its route. */
export const REQUEST_PROBLEMS = {
  address_malformed: {
    kind: 'malformed',
    what: {
      en: 'A % in the address is followed by bytes that are no UTF-8.',
      pt: 'Um % do endereço vem antes de bytes que não são UTF-8.',
    },
    action: {
      en: 'Encode parameters as UTF-8; write a plain % as %25.',
      pt: 'Codifique os parâmetros em UTF-8; escreva um % comum como %25.',
    },
  },
  api_starting: {
    kind: 'unavailable',
    what: {
      en: 'The API has just started, and its first users are not made yet.',
      pt: 'A API acabou de iniciar e os primeiros usuários ainda não existem.',
    },
    action: { en: 'Try again after Retry-After.', pt: 'Tente de novo depois de Retry-After.' },
  },
  body_key_refused: {
    kind: 'malformed',
    what: { en: 'An object of the body has the key "__proto__".', pt: 'Um objeto do corpo tem a chave "__proto__".' },
    action: { en: 'Send the body without it.', pt: 'Envie o corpo sem ela.' },
  },
  body_key_repeated: {
    kind: 'malformed',
    what: {
      en: 'An object of the body has the same key twice.',
      pt: 'Um objeto do corpo tem a mesma chave duas vezes.',
    },
    action: { en: 'Send each key once.', pt: 'Envie cada chave uma vez só.' },
  },
  body_not_json: {
    kind: 'malformed',
    what: { en: 'The body is not valid JSON (RFC 8259).', pt: 'O corpo não é JSON válido (RFC 8259).' },
    action: {
      en: 'Look for a comma too many, single quotes, or a body that was cut off or left out.',
      pt: 'Procure uma vírgula a mais, aspas simples, ou um corpo cortado ou ausente.',
    },
  },
  body_not_utf8: {
    kind: 'malformed',
    what: { en: 'The body is not valid UTF-8.', pt: 'O corpo não é UTF-8 válido.' },
    action: { en: 'Send the text in UTF-8.', pt: 'Envie o texto em UTF-8.' },
  },
  body_too_deep: {
    kind: 'malformed',
    what: {
      en: 'Objects and lists of the body nest too deeply.',
      pt: 'O corpo tem objetos e listas aninhados demais.',
    },
    action: { en: 'Send a flatter body.', pt: 'Envie um corpo com menos níveis.' },
  },
  body_too_large: {
    kind: 'too_large',
    what: { en: 'The body is larger than this route takes.', pt: 'O corpo é maior do que esta rota aceita.' },
    action: {
      en: 'Send less at once. MAX_UPLOAD_MB is the limit of files.',
      pt: 'Envie menos de cada vez. MAX_UPLOAD_MB é o limite de arquivos.',
    },
  },
  headers_too_large: {
    kind: 'overlong',
    what: {
      en: 'The address and the headers of the request are larger than 16 KiB.',
      pt: 'O endereço e os cabeçalhos da requisição passam de 16 KiB.',
    },
    action: {
      en: 'Send fewer or shorter headers, such as cookies; filters belong into the query, data into the body.',
      pt: 'Envie menos cabeçalhos, ou mais curtos, como os cookies; filtros vão na consulta, dados no corpo.',
    },
  },
  body_too_many_values: {
    kind: 'too_large',
    what: {
      en: 'The body holds more than 20,000 fields and items of lists.',
      pt: 'O corpo tem mais de 20.000 campos e itens de listas.',
    },
    action: { en: 'Send less at once.', pt: 'Envie menos de cada vez.' },
  },
  body_encoding_unsupported: {
    kind: 'unsupported',
    what: {
      en: 'The body is compressed, as its Content-Encoding says; no route takes that.',
      pt: 'O corpo está comprimido, como diz o Content-Encoding; nenhuma rota aceita isso.',
    },
    action: {
      en: 'Send the body uncompressed, without Content-Encoding. Answers are compressed for clients that ask with Accept-Encoding.',
      pt: 'Envie o corpo sem compressão e sem Content-Encoding. Respostas vêm comprimidas para quem pede com Accept-Encoding.',
    },
  },
  body_type_unsupported: {
    kind: 'unsupported',
    what: {
      en: 'The Content-Type is not one that this route takes.',
      pt: 'O Content-Type não é um dos que esta rota aceita.',
    },
    action: {
      en: 'Send the Content-Type that GET /docs names for the route, mostly application/json.',
      pt: 'Envie o Content-Type que GET /docs indica para a rota, em geral application/json.',
    },
  },
  body_unreadable: {
    kind: 'malformed',
    what: {
      en: 'The body cannot be read as its Content-Type says, or broke off.',
      pt: 'O corpo não pode ser lido como o Content-Type diz, ou foi interrompido.',
    },
    action: {
      en: 'Let the client library write the form and its boundary, and send the whole body.',
      pt: 'Deixe a biblioteca montar o formulário e o boundary, e envie o corpo inteiro.',
    },
  },
  cursor_invalid: {
    kind: 'invalid',
    what: {
      en: 'The cursor is not one that this list has given out, or it was given out for another order.',
      pt: 'O cursor não foi dado por esta lista, ou foi dado para outra ordem.',
    },
    action: {
      en: 'Take next_cursor as it is, with the same filters; or start again without a cursor.',
      pt: 'Use next_cursor como veio, com os mesmos filtros; ou recomece sem cursor.',
    },
  },
  forbidden: {
    kind: 'forbidden',
    what: { en: 'Your role does not allow this.', pt: 'O seu papel não permite isto.' },
    action: {
      en: 'Ask an admin to do it, or for a role that may: viewers read, operators write, admins manage.',
      pt: 'Peça a um administrador, ou peça um papel que possa: viewer lê, operator escreve, admin administra.',
    },
  },
  host_invalid: {
    kind: 'malformed',
    what: { en: 'The header Host does not name one host.', pt: 'O cabeçalho Host não contém um único host.' },
    action: { en: 'Send Host once, with the name of the server.', pt: 'Envie Host uma vez, com o nome do servidor.' },
  },
  idempotency_key_running: {
    kind: 'conflict',
    what: {
      en: 'The first request with this Idempotency-Key has not been answered yet.',
      pt: 'A primeira requisição com esta Idempotency-Key ainda não foi respondida.',
    },
    action: {
      en: 'Send it again after Retry-After; you get its answer then. After a crash of the API that can take a minute.',
      pt: 'Repita-a depois de Retry-After; a resposta dela virá então. Depois de uma queda da API, isso pode levar um minuto.',
    },
  },
  idempotency_key_reused: {
    kind: 'invalid',
    what: {
      en: 'This Idempotency-Key came before with another request.',
      pt: 'Esta Idempotency-Key já veio com outra requisição.',
    },
    action: {
      en: 'Make a new key for each new request, and repeat a key only with the same request.',
      pt: 'Crie uma chave para cada requisição nova, e repita uma chave só com a mesma requisição.',
    },
  },
  internal_error: {
    kind: 'internal',
    what: { en: 'Something went wrong in Doca itself.', pt: 'Algo deu errado no próprio Doca.' },
    action: {
      en: 'Tell whoever looks after the system the request_id: the log has it.',
      pt: 'Informe o request_id a quem cuida do sistema: ele está no log.',
    },
  },
  method_not_allowed: {
    kind: 'not_allowed',
    what: { en: 'The path exists, but not with this method.', pt: 'O caminho existe, mas não com este método.' },
    action: { en: 'Use a method that the header Allow names.', pt: 'Use um método que o cabeçalho Allow indica.' },
  },
  problem_not_found: {
    kind: 'not_found',
    what: { en: 'There is no problem of this code.', pt: 'Não existe problema com este código.' },
    action: { en: 'See the list at GET /docs/problems.', pt: 'Veja a lista em GET /docs/problems.' },
  },
  rate_limited: {
    kind: 'rate_limited',
    what: {
      en: 'More requests a minute than a user, or an address without a user, may make.',
      pt: 'Mais requisições por minuto do que um usuário, ou um endereço sem usuário, pode fazer.',
    },
    action: {
      en: 'Wait for Retry-After seconds; the headers RateLimit-… say how many are left.',
      pt: 'Espere os segundos de Retry-After; os cabeçalhos RateLimit-… dizem quantas restam.',
    },
  },
  route_not_found: {
    kind: 'not_found',
    what: { en: 'There is no such route.', pt: 'Esta rota não existe.' },
    action: {
      en: 'See GET /docs; a path with a slash behind it is another path.',
      pt: 'Veja GET /docs; um caminho com barra no fim é outro caminho.',
    },
  },
  uploads_busy: {
    kind: 'busy',
    what: {
      en: 'As many files as fit are being taken in.',
      pt: 'Já há tantos arquivos sendo recebidos quantos cabem.',
    },
    action: { en: 'Send the file again after Retry-After.', pt: 'Envie o arquivo de novo depois de Retry-After.' },
  },
  validation_failed: {
    kind: 'invalid',
    what: {
      en: 'A field, a parameter or a header does not fit, is missing, or is unknown.',
      pt: 'Um campo, parâmetro ou cabeçalho não é válido, está faltando, ou é desconhecido.',
    },
    action: {
      en: 'Correct what `errors` names: `path` says where, `message` what is expected there.',
      pt: 'Corrija o que `errors` indica: `path` diz onde, `message` o que se espera ali.',
    },
  },
  version_mismatch: {
    kind: 'stale',
    what: {
      en: 'Somebody changed it since it was read: If-Match has an older ETag.',
      pt: 'Alguém mudou isto desde a leitura: If-Match tem um ETag mais antigo.',
    },
    action: {
      en: 'Read it again, apply the change to what is there now, and send the new ETag.',
      pt: 'Leia de novo, aplique a mudança ao que está lá agora, e envie o ETag novo.',
    },
  },
} as const satisfies Record<string, ProblemText>
