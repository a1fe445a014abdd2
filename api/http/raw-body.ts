/**
 * Routes whose handlers read the body themselves, within their own limit. Elysia's `parse: 'none'` on a route does not
 * keep the app's own onParse from running, so they are named here.
 */
const RAW = new Set(['POST /charts', 'POST /embalagens/import', 'POST /webhook/airflow'])

export const takesRawBody = (method: string, path: string): boolean => RAW.has(`${method} ${path}`)
