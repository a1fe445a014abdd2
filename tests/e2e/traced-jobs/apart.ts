/** In a process of its own: a step that asks the API, a message, a program. */
import { job } from '../../../jobs/job.ts'

export default job({
  name: 'apart',
  schedule: '0 0 29 2 *',
  isolate: true,
  async run({ step, command, roles, signal }) {
    await step('ask the API', async () => {
      const answer = await roles.api.get('/embalagens', { signal, as: 'service' })
      await answer.body?.cancel()
      return answer.status
    })
    await roles.stream.produce('made', [{ key: null, value: new TextEncoder().encode('one') }])
    return command('sh', ['-c', `printf '{"traceparent":"%s"}' "$TRACEPARENT"`])
  },
})
