/** GET /docs: Swagger UI from the installed package, nothing from outside; GET /docs/json: the OpenAPI document. */
import { swagger } from '@elysiajs/swagger'
import { Elysia } from 'elysia'
import { dirname, join } from 'node:path'
import { version } from '../../package.json'

const PACKAGE = dirname(Bun.resolveSync('swagger-ui-dist/package.json', import.meta.dir))

/** Asset name → content type; only these leave the package's folder. */
const ASSETS: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
}

const START = `window.ui = SwaggerUIBundle({ url: '/docs/json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null })`

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Doca API</title>
<link rel="icon" href="/docs/favicon-32x32.png"><link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body><div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
`

const COOKIE =
  'From POST /login with `cookie: true`; named `__Host-doca_access` over HTTPS. Changes need an Origin of this site.'

const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

export function docs() {
  const app = new Elysia({ name: 'docs' })
    .get('/', () => new Response(null, { status: 302, headers: { location: '/docs' } }), { detail: { hide: true } })
    .get('/docs/start.js', () => text(START, ASSETS['swagger-ui-bundle.js']!), { detail: { hide: true } })
    .use(
      swagger({
        path: '/docs',
        specPath: '/docs/json',
        excludeStaticFile: false,
        exclude: ['/docs/json'],
        documentation: {
          info: { title: 'Doca', version, description: 'The back office of a small company.' },
          components: {
            securitySchemes: {
              webhook: { type: 'apiKey', in: 'header', name: 'X-Signature-256' },
              bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
              cookie: { type: 'apiKey', in: 'cookie', name: 'doca_access', description: COOKIE },
            },
          },
          security: [{ bearer: [] }, { cookie: [] }],
        },
      }),
    )
    .get('/docs', () => text(PAGE, 'text/html; charset=utf-8', { 'content-security-policy': PAGE_POLICY }), {
      detail: { hide: true },
    })
  for (const [name, type] of Object.entries(ASSETS))
    app.get(`/docs/${name}`, () => asset(name, type), { detail: { hide: true } })
  return app
}

function asset(name: string, type: string): Response {
  const file = Bun.file(join(PACKAGE, name))
  return new Response(file, { headers: { 'content-type': type, 'cache-control': 'public, max-age=86400' } })
}

function text(body: string, type: string, headers: Record<string, string> = {}): Response {
  return new Response(body, { headers: { 'content-type': type, ...headers } })
}
