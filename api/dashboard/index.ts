/**
 * The dashboard's files: GET /dashboard/<name with a hash>, and index.html at `/` and wherever a browser opens the address of
 * a page. Pages share their addresses with the API, so that a link reads the same for a person and for a program: a GET that
 * accepts text/html gets the page, any other the API's answer.
 */
import { Elysia, t } from 'elysia'
import type { AppContext } from '../context.ts'
import { acceptedEncoding } from '../http/compression.ts'
import { isUnchanged } from '../http/etag.ts'
import { routeNotFound } from '../http/problems.ts'
import { INDEX, openBundle, type Bundle, type BundledFile } from './bundle.ts'
import { isPagePath } from './page-paths.ts'

/** No style attribute and no inline script; pictures of the API may be data. Forms are sent by scripts. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const FOREVER = 'public, max-age=31536000, immutable'

/** `page` answers with index.html. */
export function createDashboard({ config }: Pick<AppContext, 'config'>) {
  let opened: Promise<Bundle> | undefined
  /** After a failure the next request tries again. */
  const bundle = () =>
    (opened ??= openBundle(config.db.data_dir).catch((err) => {
      opened = undefined
      throw err
    }))

  async function page(request: Request): Promise<Response> {
    const index = (await bundle()).get(INDEX)!
    const headers = {
      etag: index.etag,
      'cache-control': 'no-cache',
      'content-security-policy': PAGE_POLICY,
      vary: 'Accept, Accept-Encoding',
    }
    if (isUnchanged(request, index.etag)) return new Response(null, { status: 304, headers })
    return fileAnswer(request, index, headers)
  }

  const routes = new Elysia({ name: 'dashboard' })
    .get('/', ({ request }) => page(request), PUBLIC)
    .get(
      '/dashboard/:file',
      async ({ params: { file }, request }) => {
        const found = file === INDEX ? undefined : (await bundle()).get(file)
        if (!found) throw routeNotFound()
        return fileAnswer(request, found, { 'cache-control': FOREVER, vary: 'Accept-Encoding' })
      },
      { params: t.Object({ file: t.String() }), ...PUBLIC },
    )

  return { routes, page }
}

const PUBLIC = { detail: { access: 'public', hide: true, unlimited: true, uncounted: true } } as const

/** Whether a browser opens the address of a page. */
export function opensPage({ method, headers }: Request, path: string, isRoute: (path: string) => boolean): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  return (headers.get('accept')?.includes('text/html') ?? false) && isPagePath(path, isRoute)
}

function fileAnswer(request: Request, { type, bytes }: BundledFile, headers: Record<string, string>): Response {
  const encoding = acceptedEncoding(request)
  const body = bytes[encoding ?? 'identity']
  return new Response(body, {
    headers: { ...headers, 'content-type': type, ...(encoding && { 'content-encoding': encoding }) },
  })
}
