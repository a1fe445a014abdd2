/** Sends a file as the body of a form, and tells how far it is: fetch could not. */
import { chosenLocale } from '../languages.ts'
import { Problem, problemOf, renewSession, tellSignedOut } from './client.ts'

export interface Sending {
  /** From 0 to 1; at 1 the file has arrived, and the API works on it. */
  onProgress?: (part: number) => void
  signal?: AbortSignal
}

/** The answer's JSON. Throws Problem; of status 0 where the connection was lost, or the file can no longer be read. */
export async function upload<T>(path: string, file: File, sending: Sending = {}): Promise<T> {
  let answer = await send(path, file, sending)
  if (answer.status === 401) {
    if (await renewSession()) answer = await send(path, file, sending)
    else tellSignedOut()
  }
  const json = jsonOf(answer)
  if (answer.status >= 200 && answer.status < 300) return json as T
  throw problemOf(answer.status, json, answer.getResponseHeader('retry-after'))
}

/** Empty for what is no JSON, as from a proxy. */
function jsonOf({ responseText }: XMLHttpRequest): unknown {
  try {
    return JSON.parse(responseText)
  } catch {
    return {}
  }
}

function send(path: string, file: File, { onProgress, signal }: Sending): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const fail = () => reject(new Problem(0, 'offline', ''))
    request.open('POST', path)
    request.setRequestHeader('accept', 'application/json')
    request.setRequestHeader('accept-language', chosenLocale())
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress?.(total > 0 ? loaded / total : 0))
    request.upload.addEventListener('load', () => onProgress?.(1))
    request.addEventListener('load', () => resolve(request))
    request.addEventListener('error', fail)
    request.addEventListener('abort', fail)
    signal?.addEventListener('abort', () => request.abort())
    const body = new FormData()
    body.set('file', file)
    request.send(body)
  })
}
