import { existsSync } from 'node:fs'

const places = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** How Playwright starts the browser of this machine; undefined where there is none. */
export function chromiumHere(): { executablePath: string; args: string[] } | undefined {
  const executablePath = places.find((path) => path !== undefined && existsSync(path))
  if (executablePath === undefined) return undefined
  // Chromium's own sandbox does not work for root.
  return { executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] }
}
