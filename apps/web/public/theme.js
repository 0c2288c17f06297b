// Runs before the page is drawn. A file of its own, because the content security policy allows no inline script.
try {
  const theme = localStorage.getItem('ownlist.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage may be forbidden; the system's theme is right then.
}
