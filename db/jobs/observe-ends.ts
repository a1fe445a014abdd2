/** Tells alerts of ended runs: one that failed for good opens JOB_FAILED of its job, the next that succeeds resolves it. */
import type { ISql } from 'postgres'
import type { Alias } from '../alerts/rules.ts'
import { observe } from '../alerts/observe.ts'
import type { EndedAttempt } from './runs.ts'

/** `tx`: the transaction that writes the ends. A batch of successes costs one read while no job's alert is open. */
export async function observeEnds(tx: ISql, ended: EndedAttempt[]): Promise<void> {
  await observe(
    tx,
    ended
      // One that was cancelled says nothing of its job.
      .filter(({ run_state }) => run_state === 'succeeded' || run_state === 'failed')
      .map((end) => ({
        rule: 'JOB_FAILED',
        subject: end.job,
        ok: end.run_state === 'succeeded',
        ...(end.run_state === 'failed' && { detail: failureText(end) }),
        // People who start jobs through the webhook know them as Airflow's.
        ...(end.trigger === 'webhook' && { alias: 'AIRFLOW_DAG_FAILED' as Alias }),
      })),
  )
}

function failureText({ run_id, attempt, error, error_pt }: EndedAttempt) {
  const because =
    error !== null && error_pt !== null
      ? { en: error, pt: error_pt }
      : { en: `the job said “${error ?? '?'}”`, pt: `o job disse “${error ?? '?'}”` }
  return {
    en: `Run ${run_id} failed on attempt ${attempt}: ${because.en}`,
    pt: `A execução ${run_id} falhou na tentativa ${attempt}: ${because.pt}`,
    command: `bun run jobs show ${run_id}`,
    path: `/runs/${run_id}`,
  }
}
