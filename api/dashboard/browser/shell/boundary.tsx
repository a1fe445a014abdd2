/** Catches what a page throws while it is drawn, also where its file is gone because Doca was upgraded meanwhile. */
import { Component, type ReactNode } from 'react'
import { useSay } from '../languages.ts'
import { Button } from '../parts/button.tsx'
import { Empty } from '../parts/states.tsx'
import { TEXTS } from './texts.ts'

export class Boundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    return this.state.failed ? <Broken /> : this.props.children
  }
}

function Broken() {
  const say = useSay()
  return (
    <Empty icon="warning" title={say(TEXTS.broken)}>
      <Button icon="retry" onPress={() => location.reload()}>
        {say(TEXTS.reload)}
      </Button>
    </Empty>
  )
}
