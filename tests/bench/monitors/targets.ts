/** What the monitors of the benchmark ask, in a process of its own; prints its ports and its certificate. */
import { selfSigned } from '../../kit/alert-servers.ts'

const tls = selfSigned()
const page = 'x'.repeat(20_000)
const fetch = () => new Response(page)
const https = Bun.serve({ port: 0, hostname: '127.0.0.1', tls, fetch })
const http = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch })
process.stdout.write(`${JSON.stringify({ https: https.port, http: http.port, ca: tls.cert })}\n`)
