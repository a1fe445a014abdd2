/** A job whose log has what a log may have: markup, colours of a terminal, a long line, thousands of short ones. */
import { Type } from '@sinclair/typebox'
import { job } from '../../../jobs/job.ts'

export default job({
  name: 'talkative',
  schedule: '@never',
  conf: Type.Object({ lines: Type.Integer({ minimum: 0, maximum: 100_000, default: 50 }) }),
  async run({ conf, log, step }) {
    log.info('<script>document.title = "taken"</script><img src=x onerror="document.title=\'taken\'">')
    log.info('\u001b[32mgreen\u001b[0m and \u001b[1;31mred\u001b[0m, then \u001b[2J plain')
    log.warn('careful', { share: 0.5, note: '<i>markup</i>' })
    log.error('a line of 1 MB: ' + 'x'.repeat(1_000_000))
    for (let line = 1; line <= conf.lines; line++) {
      log.info(`line ${line} of ${conf.lines}`)
      if (line % 500 === 0) await Bun.sleep(5)
    }
    await step('read <b>all</b>', () => 'done')
    await step.map('part', [1, 2, 3], (part) => part)
    return { '<img src=x onerror="document.title=\'taken\'">': [1, { deep: true }] }
  },
})
