/** What a PromQL expression asks for. */
import { parser } from '@prometheus-io/lezer-promql'
import type { SyntaxNode } from '@lezer/common'

export interface Selected {
  metric: string
  /** That it is chosen or grouped by. */
  labels: string[]
}

/** Every series that `expression` selects. Throws for what is no PromQL; Grafana's variables may stand in it. */
export function selectedBy(expression: string): Selected[] {
  const found: Selected[] = []
  parser.parse(expression).iterate({
    enter({ type, node }) {
      if (type.isError) throw new Error(`no PromQL: ${expression}`)
      if (node.name === 'VectorSelector')
        found.push({ metric: textOf(node.getChild('Identifier')!), labels: [...labelsIn(node), ...groupedBy(node)] })
    },
  })
  return found

  function textOf({ from, to }: SyntaxNode): string {
    return expression.slice(from, to)
  }

  function labelsIn(node: SyntaxNode): string[] {
    const labels: string[] = []
    node.cursor().iterate((one) => {
      if (one.name === 'LabelName') labels.push(expression.slice(one.from, one.to))
    })
    return labels
  }

  function groupedBy(node: SyntaxNode): string[] {
    const labels: string[] = []
    for (let above = node.parent; above; above = above.parent) {
      const modifier = above.name === 'AggregateExpr' ? above.getChild('AggregateModifier') : null
      if (modifier) labels.push(...labelsIn(modifier))
    }
    return labels
  }
}

/** Metrics of a scrape, each with the labels that its series have; one without series has none. */
export function metricsIn(text: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const [, name] of text.matchAll(/^# TYPE (\w+)/gm)) found.set(name!, found.get(name!) ?? new Set())
  for (const [, name, labels = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const known = found.get(name!) ?? new Set()
    found.set(name!, known)
    for (const [, label] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) known.add(label!)
  }
  return found
}
