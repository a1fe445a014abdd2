/** Made by `bun run demo`; `bun run demo --remove` takes it away. Some that are well, and some that are not. */
import { monitor } from '../../../jobs/monitor.ts'

const API = 'http://127.0.0.1:8004'

export default [
  monitor({ name: 'demo_doca_api', every_s: 5, timeout_s: 4, http: { url: `${API}/health/live` } }),
  // No answer is that quick.
  monitor({
    name: 'demo_price_page_too_slow',
    every_s: 30,
    failures: 1,
    http: { url: `${API}/docs/json`, latency_ms: 1 },
  }),
  // Nothing listens there.
  monitor({ name: 'demo_erp_database', every_s: 5, timeout_s: 2, failures: 1, tcp: { host: '127.0.0.1', port: 9 } }),
  monitor({ name: 'demo_label_printer', every_s: 15, timeout_s: 2, failures: 1, tcp: { host: '127.0.0.1', port: 7 } }),
  monitor({ name: 'demo_nightly_copy', push: { schedule: '0 2 * * *', timezone: 'America/Sao_Paulo', grace_s: 3600 } }),
  monitor({ name: 'demo_till_upload', push: { every_s: 3600, grace_s: 900 } }),
  monitor({ name: 'demo_scale_upload', push: { every_s: 86_400, grace_s: 3600 } }),
]
