/**
 * Bundles the dashboard: `bun api/dashboard/build.ts [FOLDER]` writes, into the image's folder or another, one file of scripts a page, one of styles, each under a name
 * with its hash and compressed, and index.html. A program of its own, since a bundler would keep its memory.
 */
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parseWords } from '../../lib/command-line.ts'
import { shortHash } from '../http/etag.ts'
import { BROWSER, BUILT, digestOfSources, INDEX } from './bundle.ts'

/** Design first: a page's styles may differ from it. */
async function stylesOf(folder: string): Promise<string> {
  const found = await Array.fromAsync(new Bun.Glob('**/*.css').scan(folder))
  const rank = (path: string) =>
    ['design/tokens.css', 'design/base.css'].indexOf(path) + 1 || (path.startsWith('design/') ? 3 : 4)
  const sorted = found.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  return sorted.map((path) => `@import './${path}';`).join('\n')
}

export async function build(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true })
  const whole = await mkdtemp(`${folder}-`)
  try {
    const styles = join(BROWSER, 'styles.css')
    const { outputs } = await Bun.build({
      entrypoints: [join(BROWSER, 'main.tsx'), styles],
      files: { [styles]: await stylesOf(BROWSER) },
      target: 'browser',
      splitting: true,
      minify: true,
      naming: '[name]-[hash].[ext]',
      publicPath: '/dashboard/',
      define: { 'process.env.NODE_ENV': '"production"' },
    })
    for (const output of outputs)
      await writeCompressed(join(whole, basename(output.path)), new Uint8Array(await output.arrayBuffer()))
    const named = (kind: RegExp) => basename(outputs.find(({ path }) => kind.test(basename(path)))!.path)
    const icon = await Bun.file(join(BROWSER, 'icon.svg')).bytes()
    const icon_name = `icon-${shortHash(icon)}.svg`
    await writeCompressed(join(whole, icon_name), icon)
    const html = page(named(/^main-\w+\.js$/), named(/^styles-\w+\.css$/), icon_name)
    await writeCompressed(join(whole, INDEX), new TextEncoder().encode(html))
    await rename(whole, folder).catch(async (thrown) => {
      // Another process was quicker.
      if (!(await Bun.file(join(folder, INDEX)).exists())) throw thrown
    })
  } finally {
    await rm(whole, { recursive: true, force: true })
  }
}

async function writeCompressed(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await Bun.write(path, bytes)
  await Bun.write(`${path}.gz`, Bun.gzipSync(bytes, { level: 9 }))
  await Bun.write(`${path}.zst`, Bun.zstdCompressSync(bytes, { level: 19 }))
}

/** react-aria adds no style of its own where one of its id is there; the policy would refuse it (design/base.css has the rule). */
const page = (script: string, styles: string, icon: string) => `<!doctype html>
<html lang="pt-BR">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Doca</title>
<link rel="icon" type="image/svg+xml" href="/dashboard/${icon}">
<link rel="stylesheet" href="/dashboard/${styles}" id="react-aria-pressable-style">
<script type="module" src="/dashboard/${script}"></script>
</head>
<body>
<div id="root"></div>
<noscript><p class="noscript">O painel do Doca precisa de JavaScript. A API está em <a href="/docs">/docs</a>. · Doca’s dashboard needs JavaScript. The API is at <a href="/docs">/docs</a>.</p></noscript>
</body>
</html>
`

if (import.meta.main) {
  const { positionals } = parseWords(Bun.argv.slice(2), {}, 'Usage: bun api/dashboard/build.ts [FOLDER]')
  await build(positionals[0] ?? join(BUILT, await digestOfSources()))
}
