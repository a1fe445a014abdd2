import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { applyTheme, chosenTheme } from './shell/theme.ts'

applyTheme(chosenTheme())
createRoot(document.getElementById('root')!).render(<App />)
