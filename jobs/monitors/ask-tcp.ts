/** One TCP check: the connection is made, and closed. */
import { connect } from 'node:net'
import type { TcpSpec } from '../../db/monitors/spec.ts'
import { networkFailure } from '../../lib/network-failure.ts'
import { failed, slowness, type Answer } from './answer.ts'

/** Never rejects. */
export function askTcp({ host, port, latency_ms: most_ms }: TcpSpec, signal: AbortSignal): Promise<Answer> {
  const begun_at = performance.now()
  const { promise, resolve } = Promise.withResolvers<Answer>()
  const socket = connect({ host, port })
  const end = (answer: Answer) => {
    signal.removeEventListener('abort', late)
    socket.destroy()
    resolve(answer)
  }
  const fail = (thrown: unknown) => {
    const said = networkFailure(thrown, signal)
    end(
      failed(signal.aborted ? 'timeout' : 'network', {
        en: `No connection can be made: ${said.en}.`,
        pt: `Não é possível conectar: ${said.pt}.`,
      }),
    )
  }
  const late = () => fail(signal.reason)
  signal.addEventListener('abort', late)
  socket.on('error', fail)
  socket.once('connect', () => {
    const latency_ms = performance.now() - begun_at
    end({ failure: slowness(latency_ms, most_ms), latency_ms })
  })
  return promise
}
