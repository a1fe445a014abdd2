import { createRoot } from 'react-dom/client'
import { renewSession } from './api/client.ts'
import { keepRenewed } from './api/renewal.ts'
import { App } from './app.tsx'
import { loadPages } from './load-pages.tsx'
import { applyTheme, chosenTheme } from './shell/theme.ts'

applyTheme(chosenTheme())
keepRenewed(() => void renewSession().catch(() => false))
loadPages()
createRoot(document.getElementById('root')!).render(<App />)
