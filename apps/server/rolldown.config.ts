import { cpSync } from 'node:fs'
import { defineConfig } from 'rolldown'

// One file for the server and everything it uses, with the migrations beside it: what starts in a
// third of the time, and what an image contains.
export default defineConfig({
  input: { index: 'src/index.ts', main: 'src/main.ts' },
  platform: 'node',
  external: ['pg-native'],
  output: { dir: 'dist/server', format: 'esm', cleanDir: true, minify: 'dce-only' },
  plugins: [
    {
      name: 'migrations',
      writeBundle() {
        cpSync(new URL('../../packages/db/migrations', import.meta.url), 'dist/migrations', {
          recursive: true,
        })
      },
    },
  ],
})
