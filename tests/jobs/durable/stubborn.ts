/** The same job in another folder of jobs. */
export { default } from '../isolated/stubborn.ts'
