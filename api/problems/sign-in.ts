import type { ProblemText } from './problem-text.ts'

/** Of signing in, of passwords, and of accounts. */
export const SIGN_IN_PROBLEMS = {
  api_key_invalid: {
    kind: 'unauthenticated',
    what: {
      en: 'The token begins as an API key does, and is none that is valid now: mistyped, ended, deleted, or of a disabled user.',
      pt: 'O token começa como uma chave de API, e não é uma que valha agora: digitada errado, expirada, excluída, ou de usuário desativado.',
    },
    action: {
      en: 'See GET /me/api-keys for your keys and their end dates; make a new one at POST /me/api-keys.',
      pt: 'Veja em GET /me/api-keys as suas chaves e quando expiram; crie outra em POST /me/api-keys.',
    },
  },
  api_key_name_taken: {
    kind: 'conflict',
    what: {
      en: 'You have an API key of this name; upper and lower case are the same. The key is not shown again.',
      pt: 'Você tem uma chave de API com este nome; maiúsculas e minúsculas são iguais. A chave não é mostrada de novo.',
    },
    action: {
      en: 'Choose another name, or delete that key first.',
      pt: 'Escolha outro nome, ou exclua antes essa chave.',
    },
  },
  api_key_not_found: {
    kind: 'not_found',
    what: { en: 'The user has no API key of this id.', pt: 'O usuário não tem chave de API com este id.' },
    action: { en: 'See GET /me/api-keys.', pt: 'Veja GET /me/api-keys.' },
  },
  api_keys_too_many: {
    kind: 'conflict',
    what: {
      en: 'A user has a bounded number of API keys, those that ended in the last 30 days included.',
      pt: 'Um usuário tem um número limitado de chaves de API, incluindo as que expiraram nos últimos 30 dias.',
    },
    action: { en: 'Delete one that nothing uses.', pt: 'Exclua uma que nada use.' },
  },
  busy: {
    kind: 'busy',
    what: {
      en: 'As many passwords as the machine can take are being checked.',
      pt: 'Já há tantas senhas sendo verificadas quantas a máquina suporta.',
    },
    action: { en: 'Try again after Retry-After.', pt: 'Tente de novo depois de Retry-After.' },
  },
  challenge_invalid: {
    kind: 'unauthenticated',
    what: {
      en: 'The challenge of this sign-in was used, has run out, or saw five wrong codes.',
      pt: 'O challenge deste login já foi usado, expirou, ou recebeu cinco códigos errados.',
    },
    action: { en: 'Begin again at POST /login.', pt: 'Recomece em POST /login.' },
  },
  code_required: {
    kind: 'forbidden',
    what: {
      en: 'A change of an account takes a code of your second factor of the last 15 minutes, in this session.',
      pt: 'Mudar uma conta exige um código da sua verificação em duas etapas dos últimos 15 minutos, nesta sessão.',
    },
    action: {
      en: 'Send a code to POST /2fa/verify with the token of the session, then repeat it.',
      pt: 'Envie um código a POST /2fa/verify com o token da sessão e repita.',
    },
  },
  code_wrong: {
    kind: 'unauthenticated',
    what: { en: 'The code is wrong, or was used before.', pt: 'O código está errado ou já foi usado.' },
    action: {
      en: 'Wait for the next code; if none works, check the clock of the phone or use a recovery code.',
      pt: 'Espere o próximo código; se nenhum servir, confira o relógio do celular ou use um código de recuperação.',
    },
  },
  credentials_wrong: {
    kind: 'unauthenticated',
    what: { en: 'The user name or the password is wrong.', pt: 'O nome de usuário ou a senha não confere.' },
    action: {
      en: 'Check both; an admin can set a new password. After some failures the next try has to wait.',
      pt: 'Confira os dois; um administrador pode definir uma senha nova. Depois de alguns erros é preciso esperar.',
    },
  },
  current_password_wrong: {
    kind: 'forbidden',
    what: { en: 'The present password is wrong.', pt: 'A senha atual não confere.' },
    action: {
      en: 'Send the password that you sign in with as current_password.',
      pt: 'Envie em current_password a senha com que você entra.',
    },
  },
  first_link_invalid: {
    kind: 'unauthenticated',
    what: {
      en: "The link to choose admin's password was used, has run out, is mistyped, or somebody has signed in as admin since.",
      pt: 'O link para escolher a senha de admin já foi usado, expirou, foi digitado errado, ou alguém já entrou como admin.',
    },
    action: {
      en: 'Sign in at POST /login; with the password lost, run `bun run admin reset-password admin` on the machine.',
      pt: 'Faça login em POST /login; se a senha se perdeu, rode `bun run admin reset-password admin` na máquina.',
    },
  },
  last_admin: {
    kind: 'conflict',
    what: {
      en: 'This is the last enabled admin, without whom nobody could manage users.',
      pt: 'Este é o último administrador ativo, sem o qual ninguém administraria usuários.',
    },
    action: { en: 'Make somebody else an admin first.', pt: 'Antes, torne outra pessoa administradora.' },
  },
  origin_refused: {
    kind: 'forbidden',
    what: {
      en: 'A request with the session cookie comes from another site, or does not say from where.',
      pt: 'Uma requisição com o cookie da sessão vem de outro site, ou não diz de onde.',
    },
    action: {
      en: 'Send it from a page of this site, or use a bearer token instead of the cookie.',
      pt: 'Envie de uma página deste site, ou use um token em vez do cookie.',
    },
  },
  password_blank: {
    kind: 'invalid',
    what: {
      en: 'The new password has nothing but blanks and invisible characters.',
      pt: 'A senha nova só tem espaços e caracteres invisíveis.',
    },
    action: {
      en: 'Take several words that do not belong together.',
      pt: 'Use várias palavras sem relação entre si.',
    },
  },
  password_common: {
    kind: 'invalid',
    what: {
      en: 'The new password is guessed within ten thousand million tries, by what `errors` says of it.',
      pt: 'A senha nova é adivinhada em até dez bilhões de tentativas, pelo que `errors` diz dela.',
    },
    action: {
      en: 'Take several words that do not belong together.',
      pt: 'Use várias palavras sem relação entre si.',
    },
  },
  password_length: {
    kind: 'invalid',
    what: { en: 'The new password is too short or too long.', pt: 'A senha nova é curta ou longa demais.' },
    action: {
      en: 'Take a password of the length that `errors` names.',
      pt: 'Use uma senha do tamanho que `errors` indica.',
    },
  },
  password_malformed: {
    kind: 'invalid',
    what: { en: 'The new password is not valid Unicode.', pt: 'A senha nova não é Unicode válido.' },
    action: { en: 'Send it as the user typed it, in UTF-8.', pt: 'Envie-a como foi digitada, em UTF-8.' },
  },
  password_unchanged: {
    kind: 'invalid',
    what: { en: 'The new password is the present one.', pt: 'A senha nova é igual à atual.' },
    action: { en: 'Choose another one.', pt: 'Escolha outra.' },
  },
  own_account: {
    kind: 'forbidden',
    what: {
      en: 'This is your own account, which is not changed under /users.',
      pt: 'Esta é a sua própria conta, que não se muda em /users.',
    },
    action: {
      en: 'Use PUT /me/password, PUT /me/email and POST /2fa/…; another admin changes your role or disables you.',
      pt: 'Use PUT /me/password, PUT /me/email e POST /2fa/…; outro administrador muda o seu papel ou desativa você.',
    },
  },
  password_change_required: {
    kind: 'forbidden',
    what: {
      en: 'Your password was chosen by somebody else: an admin, or the owner of the machine.',
      pt: 'A sua senha foi escolhida por outra pessoa: um administrador, ou quem cuida da máquina.',
    },
    action: {
      en: 'Choose your own with PUT /me/password, then repeat it; your session lives on.',
      pt: 'Escolha a sua com PUT /me/password e repita; a sua sessão continua.',
    },
  },
  refresh_token_invalid: {
    kind: 'unauthenticated',
    what: {
      en: 'The refresh token is unknown, or its session has ended.',
      pt: 'O refresh token é desconhecido, ou a sessão dele terminou.',
    },
    action: { en: 'Sign in again at POST /login.', pt: 'Faça login de novo em POST /login.' },
  },
  refresh_token_reused: {
    kind: 'unauthenticated',
    what: {
      en: 'The refresh token was used before. Somebody may have copied it, so its session was ended.',
      pt: 'O refresh token já foi usado. Alguém pode tê-lo copiado, por isso a sessão foi encerrada.',
    },
    action: {
      en: 'Sign in again at POST /login, and let one part of the client alone refresh.',
      pt: 'Faça login de novo em POST /login, e deixe só uma parte do cliente renovar o token.',
    },
  },
  session_needed: {
    kind: 'forbidden',
    what: {
      en: 'What changes accounts, passwords, keys and the second factor takes a session, not an API key.',
      pt: 'O que muda contas, senhas, chaves e o segundo fator exige uma sessão, não uma chave de API.',
    },
    action: {
      en: 'Sign in at POST /login and send that token.',
      pt: 'Faça login em POST /login e envie esse token.',
    },
  },
  session_not_found: {
    kind: 'not_found',
    what: {
      en: 'No open session of the user has this id; it may just have ended.',
      pt: 'Nenhuma sessão aberta do usuário tem este id; ela pode ter acabado de terminar.',
    },
    action: {
      en: 'See GET /me/sessions, or GET /users/{id}/sessions.',
      pt: 'Veja GET /me/sessions, ou GET /users/{id}/sessions.',
    },
  },
  sign_in_again: {
    kind: 'forbidden',
    what: { en: 'This takes a session that began a short while ago.', pt: 'Isto exige uma sessão iniciada há pouco.' },
    action: { en: 'Sign in at POST /login, then repeat it.', pt: 'Faça login em POST /login e repita.' },
  },
  too_many_attempts: {
    kind: 'rate_limited',
    what: {
      en: 'Too many wrong passwords or codes for this account from this place: a browser, an address or a network.',
      pt: 'Senhas ou códigos errados demais para esta conta deste lugar: um navegador, um endereço ou uma rede.',
    },
    action: {
      en: 'Wait for Retry-After seconds, try from another network, or ask an admin to unlock the account.',
      pt: 'Espere os segundos de Retry-After, tente de outra rede, ou peça a um administrador para desbloquear a conta.',
    },
  },
  too_many_streams: {
    kind: 'rate_limited',
    what: {
      en: 'The user has as many event streams and downloads open as one may have (MAX_STREAMS_PER_USER).',
      pt: 'O usuário tem abertos todos os streams de eventos e downloads que pode ter (MAX_STREAMS_PER_USER).',
    },
    action: {
      en: 'Close those that are not needed any more, such as those of tabs that nobody looks at, then try again.',
      pt: 'Feche os que não são mais necessários, como os de abas que ninguém olha, e tente de novo.',
    },
  },
  totp_key_wrong: {
    kind: 'internal',
    what: {
      en: 'Codes cannot be checked: TOTP_KEY is not the one that this app was enrolled with.',
      pt: 'Os códigos não podem ser verificados: TOTP_KEY não é a do cadastro deste aplicativo.',
    },
    action: {
      en: 'Use a recovery code, and tell whoever looks after the system to put TOTP_KEY back.',
      pt: 'Use um código de recuperação, e peça a quem cuida do sistema para repor TOTP_KEY.',
    },
  },
  two_factor_not_started: {
    kind: 'conflict',
    what: { en: 'No enrolment waits for a code.', pt: 'Nenhum cadastro espera por um código.' },
    action: { en: 'Begin with POST /2fa/enable.', pt: 'Comece com POST /2fa/enable.' },
  },
  two_factor_off: {
    kind: 'conflict',
    what: { en: 'Two-factor sign-in is not on.', pt: 'A verificação em duas etapas não está ativada.' },
    action: { en: 'Turn it on with POST /2fa/enable.', pt: 'Ative-a com POST /2fa/enable.' },
  },
  two_factor_on: {
    kind: 'conflict',
    what: { en: 'Two-factor sign-in is on already.', pt: 'A verificação em duas etapas já está ativada.' },
    action: {
      en: 'To change the device, turn it off with POST /2fa/disable first.',
      pt: 'Para trocar de aparelho, desative-a antes com POST /2fa/disable.',
    },
  },
  two_factor_required: {
    kind: 'forbidden',
    what: {
      en: 'Your role needs two-factor sign-in here, and it is not on yet.',
      pt: 'O seu papel exige aqui a verificação em duas etapas, ainda não ativada.',
    },
    action: { en: 'Begin with POST /2fa/enable.', pt: 'Comece com POST /2fa/enable.' },
  },
  unauthorized: {
    kind: 'unauthenticated',
    what: {
      en: 'The route needs a session, and the request has no token, or one that is not valid any more.',
      pt: 'A rota exige uma sessão, e a requisição não tem token, ou tem um que já não vale.',
    },
    action: {
      en: 'Sign in at POST /login, get a new token at POST /token/refresh, or take an API key, and send it as `Authorization: Bearer …`.',
      pt: 'Faça login em POST /login, obtenha um token em POST /token/refresh, ou use uma chave de API, e envie-o como `Authorization: Bearer …`.',
    },
  },
  user_not_found: {
    kind: 'not_found',
    what: { en: 'No user has this id.', pt: 'Nenhum usuário tem este id.' },
    action: { en: 'See GET /users.', pt: 'Veja GET /users.' },
  },
  username_invalid: {
    kind: 'invalid',
    what: { en: 'The text cannot be a user name.', pt: 'O texto não pode ser um nome de usuário.' },
    action: { en: 'Change what `errors` says.', pt: 'Mude o que `errors` diz.' },
  },
  username_taken: {
    kind: 'conflict',
    what: {
      en: 'Another user has this name; upper and lower case are the same.',
      pt: 'Outro usuário tem este nome; maiúsculas e minúsculas são iguais.',
    },
    action: { en: 'Choose another name.', pt: 'Escolha outro nome.' },
  },
} as const satisfies Record<string, ProblemText>
