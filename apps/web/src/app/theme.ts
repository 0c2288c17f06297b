import { createStore, useStore } from './store.ts'

export type Theme = 'system' | 'light' | 'dark'

const key = 'ownlist.theme'
const store = createStore<Theme>(stored())

export function useTheme(): Theme {
  return useStore(store)
}

/** public/theme.js reads the same before the next page is drawn. */
export function setTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  try {
    if (theme === 'system') localStorage.removeItem(key)
    else localStorage.setItem(key, theme)
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  store.set(() => theme)
}

function stored(): Theme {
  const theme = document.documentElement.dataset['theme']
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}
