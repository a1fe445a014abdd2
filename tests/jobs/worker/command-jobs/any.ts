/** Runs the program that its conf names, as a step. */
import { job } from '../../../../jobs/job.ts'

export default job({
  name: 'any',
  schedule: '0 0 29 2 *',
  overlap: 'allow',
  isolate: true,
  async run({ conf, command, step }) {
    const { program, args = [], cwd = '.' } = conf as { program: string; args?: string[]; cwd?: string }
    return step('the program', () => command(program, args, { cwd }))
  },
})
