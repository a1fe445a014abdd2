/**
 * The dashboard's files: GET /dashboard/<name with a hash>, and index.html at `/` and wherever a browser opens the address of
 * a page. Pages share their addresses with the API, so that a link reads the same for a person and for a program: a GET that
 * accepts text/html gets the page, any other the API's answer. Where neither has the address, the page says so with status 404.
 */
import { Elysia, t } from 'elysia'
import type { AppContext } from '../context.ts'
import { acceptedEncoding } from '../http/compression.ts'
import { isUnchanged } from '../http/etag.ts'
import { routeNotFound } from '../http/problems.ts'
import type { RouteTable } from '../http/route-table.ts'
import { INDEX, openBundle, type Bundle, type BundledFile } from './bundle.ts'
import { isPagePath } from './page-paths.ts'

/** No style attribute and no inline script; pictures of the API may be data. Forms are sent by scripts. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const FOREVER = 'public, max-age=31536000, immutable'

/** `page` answers with index.html, and with 404 where no page has the address. */
export function createDashboard({ config }: Pick<AppContext, 'config'>) {
  let opened: Promise<Bundle> | undefined
  /** After a failure the next request tries again. */
  const bundle = () =>
    (opened ??= openBundle(config.db.data_dir).catch((err) => {
      opened = undefined
      throw err
    }))

  async function page(request: Request, status: PageStatus): Promise<Response> {
    const index = (await bundle()).get(INDEX)!
    const headers = {
      'cache-control': 'no-cache',
      'content-security-policy': PAGE_POLICY,
      vary: status === 404 ? 'Accept, Accept-Encoding, Sec-Fetch-Mode' : 'Accept, Accept-Encoding',
    }
    if (status === 404) return fileAnswer(request, index, headers, status)
    const tagged = { ...headers, etag: index.etag }
    if (isUnchanged(request, index.etag)) return new Response(null, { status: 304, headers: tagged })
    return fileAnswer(request, index, tagged)
  }

  const routes = new Elysia({ name: 'dashboard' })
    .get('/', ({ request }) => page(request, 200), PUBLIC)
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

export type PageStatus = 200 | 404

/** Of a browser that opens the address of a page, or one that nothing has; undefined for what is the API's to answer. */
export function pageStatus(
  { method, headers }: Request,
  path: string,
  table: Pick<RouteTable, 'isFixed' | 'isKnown'>,
): PageStatus | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined
  if (!headers.get('accept')?.includes('text/html')) return undefined
  if (isPagePath(path, table.isFixed)) return 200
  // Browsers send it to hosts that they trust: by HTTPS, or on this machine.
  const navigates = (headers.get('sec-fetch-mode') ?? 'navigate') === 'navigate'
  return navigates && !table.isKnown(path) ? 404 : undefined
}

function fileAnswer(
  request: Request,
  { type, bytes }: BundledFile,
  headers: Record<string, string>,
  status = 200,
): Response {
  const encoding = acceptedEncoding(request)
  const body = bytes[encoding ?? 'identity']
  return new Response(body, {
    status,
    headers: { ...headers, 'content-type': type, ...(encoding && { 'content-encoding': encoding }) },
  })
}
