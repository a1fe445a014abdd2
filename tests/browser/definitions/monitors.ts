/** One that is down, and one that waits for a ping. */
import { monitor } from '../../../jobs/monitor.ts'

export default [
  monitor({ name: 'nightly_copy', push: { every_s: 3600, grace_s: 60 } }),
  monitor({ name: 'closed_port', every_s: 5, timeout_s: 1, failures: 1, tcp: { host: '127.0.0.1', port: 9 } }),
]
