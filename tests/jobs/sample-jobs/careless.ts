import { job } from '../../../jobs/job.ts'

/** Leaves behind what nobody waits for, and what fails only then. */
export default job({
  name: 'careless',
  schedule: '0 0 29 2 *',
  async run() {
    void Promise.reject(new Error('a rejection that nobody awaits'))
    setTimeout(() => {
      throw new Error('thrown in a timer')
    }, 1)
    await Bun.sleep(20)
    return 'as if nothing were'
  },
})
