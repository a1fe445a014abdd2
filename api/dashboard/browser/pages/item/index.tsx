/** One packaging item, or a new one: its form, and who changed what when. */
import { useQuery } from '@tanstack/react-query'
import { useParams } from 'wouter'
import { Problem } from '../../api/client.ts'
import { itemQuery } from '../../data/packaging.ts'
import { useSay } from '../../languages.ts'
import { useLive } from '../../live.tsx'
import { Empty, Failed, Loaded } from '../../parts/states.tsx'
import { useMay } from '../../session/me.ts'
import { ItemForm } from './form.tsx'
import { Gone } from './gone.tsx'
import { History } from './history.tsx'
import { TEXTS } from './texts.ts'

export default function ItemPage() {
  const say = useSay()
  const mayWrite = useMay('operator')
  const { id = '' } = useParams<{ id: string }>()
  if (id !== 'new') return <KnownItem key={id} id={id} />
  if (!mayWrite)
    return (
      <Empty icon="key" title={say(TEXTS.viewer)}>
        {say(TEXTS.viewer_how)}
      </Empty>
    )
  return <ItemForm item={null} />
}

function KnownItem({ id }: { id: string }) {
  const { whenTold } = useLive()
  const mayWrite = useMay('operator')
  const item = useQuery({ ...itemQuery(id), refetchInterval: whenTold() })
  const isGone = item.error instanceof Problem && item.error.status === 404
  return (
    <div className="stack">
      {isGone &&
        (mayWrite ? <Gone id={id} error={item.error} name={item.data?.name} /> : <Failed error={item.error} />)}
      {/* What is typed stays, for when it is brought back. */}
      {(!isGone || item.data) && <Loaded query={item}>{(known) => <ItemForm item={known} isGone={isGone} />}</Loaded>}
      {mayWrite && (item.data || isGone) && <History id={id} />}
    </div>
  )
}
