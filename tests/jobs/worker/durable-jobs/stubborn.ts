/** The same job in another folder of jobs. */
export { default } from '../isolated-jobs/stubborn.ts'
