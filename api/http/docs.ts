/**
 * GET /docs: Swagger UI; GET /redoc: Redoc; GET /docs/json: the OpenAPI document. Both pages and their assets come from
 * installed packages.
 */
import { Elysia } from 'elysia'
import { dirname, join } from 'node:path'
import { JSON_TYPE, wholeAnswer } from './answers.ts'
import { etagOf, isUnchanged, shortHash } from './etag.ts'

const packageFolder = (name: string) => dirname(Bun.resolveSync(`${name}/package.json`, import.meta.dir))
const SWAGGER = packageFolder('swagger-ui-dist')
const REDOC = packageFolder('redoc')

const SCRIPT = 'text/javascript; charset=utf-8'

/** Path → file and content type; no other file of the packages is served. */
const ASSETS: Record<string, [file: string, type: string]> = {
  '/docs/swagger-ui.css': [join(SWAGGER, 'swagger-ui.css'), 'text/css; charset=utf-8'],
  '/docs/swagger-ui-bundle.js': [join(SWAGGER, 'swagger-ui-bundle.js'), SCRIPT],
  '/docs/favicon-32x32.png': [join(SWAGGER, 'favicon-32x32.png'), 'image/png'],
  '/redoc/redoc.standalone.js': [join(REDOC, 'bundles/redoc.standalone.js'), SCRIPT],
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

const REDOC_START = `Redoc.init('/docs/json', { hideDownloadButton: true, nativeScrollbars: true }, document.querySelector('main'))`

/** Hides Redoc's logo, an external image that the page's policy blocks. */
const REDOC_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Doca API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<style>body { margin: 0 } img[src*="cdn.redoc.ly"] { display: none }</style>
</head>
<body><main></main>
<script src="/redoc/redoc.standalone.js"></script><script src="/redoc/start.js"></script></body>
</html>
`

/** Redoc's search runs in a worker from a blob. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; " +
  "worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** `document`: makes the OpenAPI document, once, when it is first asked for. */
export function docs(document: () => object) {
  let kept: ReturnType<typeof tagged> | undefined
  const app = new Elysia({ name: 'docs', detail: { access: 'public', hide: true } })
    .get('/docs', () => page(PAGE), FOLDER)
    .get('/docs/start.js', () => text(START, SCRIPT))
    .get('/docs/json', ({ request }) => {
      kept ??= tagged(encoder.encode(JSON.stringify(document())))
      const headers = { etag: kept.etag, 'cache-control': 'no-cache' }
      if (isUnchanged(request, kept.etag)) return new Response(null, { status: 304, headers })
      return wholeAnswer(kept.bytes, { ...JSON_TYPE, ...headers })
    })
    .get('/redoc', () => page(REDOC_PAGE), FOLDER)
    .get('/redoc/start.js', () => text(REDOC_START, SCRIPT))
  for (const [path, [file, type]] of Object.entries(ASSETS)) app.get(path, asset(file, type))
  return app
}

const encoder = new TextEncoder()
const tagged = (bytes: Uint8Array<ArrayBuffer>) => ({ bytes, etag: etagOf(shortHash(bytes)) })

const FOLDER = { detail: { access: 'public', folder: true } } as const

const page = (html: string) => text(html, 'text/html; charset=utf-8', { 'content-security-policy': PAGE_POLICY })

/** Read when it is first asked for: few processes ever serve it. */
function asset(file: string, type: string): () => Promise<Response> {
  let bytes: Uint8Array<ArrayBuffer> | undefined
  const headers = { 'content-type': type, 'cache-control': 'public, max-age=86400' }
  return async () => {
    if (!type.startsWith('text/')) return new Response(Bun.file(file), { headers })
    return wholeAnswer((bytes ??= await Bun.file(file).bytes()), headers)
  }
}

const text = (body: string, type: string, headers: Record<string, string> = {}) =>
  wholeAnswer(body, { 'content-type': type, ...headers })
