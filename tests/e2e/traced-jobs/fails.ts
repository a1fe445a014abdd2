import { job } from '../../../jobs/job.ts'

export default job({
  name: 'fails',
  schedule: '0 0 29 2 *',
  run: ({ step }) =>
    step('go wrong', () => {
      throw new Error('no such shelf')
    }),
})
