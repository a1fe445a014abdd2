import { Problem, type Mistake } from '../../../api/client.ts'
import { useSay } from '../../../languages.ts'
import { Refusal } from '../../../parts/states.tsx'
import { TEXTS } from './texts.ts'

/** Why a file was refused: in a sentence, which has the number of all mistakes, and by line and column. */
export function Mistakes({ error }: { error: unknown }) {
  const say = useSay()
  const mistakes: readonly Mistake[] = error instanceof Problem ? error.errors : []
  return (
    <>
      <Refusal error={error} />
      {mistakes.length > 0 && (
        <div className="import-list" tabIndex={0} role="group" aria-label={say(TEXTS.mistakes)}>
          <table className="table">
            <caption className="hidden-text">{say(TEXTS.mistakes)}</caption>
            <thead>
              <tr>
                <th scope="col" className="number">
                  {say(TEXTS.line)}
                </th>
                <th scope="col">{say(TEXTS.column)}</th>
                <th scope="col">{say(TEXTS.mistake)}</th>
              </tr>
            </thead>
            <tbody>
              {mistakes.map(({ path, line, column, message }, place) => (
                <tr key={place}>
                  <td className="number">{line}</td>
                  <td>
                    <code>{column ?? (line === undefined ? path : '')}</code>
                  </td>
                  <td>{message}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}
