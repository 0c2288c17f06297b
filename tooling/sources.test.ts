import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkout } from './checkout.ts'

/**
 * What no code that is served or serves may do. Each rule is one that a reader can hold with a search, so that what it rules
 * out needs no test of every place where it could have been done (docs/asvs.md names them).
 */
type Rule = { finds: RegExp; in: RegExp; except?: Record<string, string> }

const everything = /^(apps|packages)\/[^/]+\/src\//
/** Whatever runs in the server's process with a stranger's input. */
const serving = /^(apps\/server|packages\/(api|auth|db|recurrence))\/src\//
const inBrowsers = /^(apps\/web|packages\/(client|quick-add|recurrence))\/src\//

const rules = {
  'no page is made of text: frameworks escape, nothing goes around them': {
    finds:
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|DOMParser|createContextualFragment/i,
    in: everything,
  },
  'no text is run as code': {
    finds: /\beval\s*\(|new Function\s*\(|from 'node:vm'|setTimeout\(\s*['"`]|javascript:/,
    in: everything,
  },
  'nothing that serves requests starts another program': {
    finds: /child_process|node:cluster|execa/,
    in: serving,
    except: { 'packages/db/src/cli.ts': 'a command of whoever runs the server' },
  },
  'nothing of ours that serves requests asks another server': {
    finds: /(?<!\.)\bfetch\(|XMLHttpRequest|http2?s?\.(request|get|connect)\(|from 'undici'/,
    in: serving,
    except: {
      'packages/auth/src/oidc/plugin.ts': 'asks the providers that the environment names, and follows nobody',
    },
  },
  'no page takes messages of other windows, or code and pictures of other places': {
    finds:
      /window\.(parent|opener|postMessage)|addEventListener\('message'|JSONP|<(script|img|link|iframe)[^>]+https?:/i,
    in: inBrowsers,
    except: {
      'packages/client/src/store/environment.ts':
        'a BroadcastChannel, which only pages of the same origin reach',
    },
  },
  'no weak hash or cipher is used': {
    finds: /['"`](md[245]|sha-?1|rc4|des(-\w+)*|rsa-md5|aes-\d+-(ecb|cbc))['"`]/i,
    in: everything,
    except: { 'packages/auth/src/factors/totp.ts': 'RFC 6238: what authenticator apps have, as a HMAC' },
  },
  'nothing that must not be guessed comes from Math.random': {
    finds: /Math\.random/,
    in: /^packages\/auth\/src\/|^apps\/server\/src\//,
    except: {
      'apps/server/src/jobs.ts': 'when a job runs next',
      'apps/server/src/live-streams.ts': 'how long a client waits before it comes back',
    },
  },
  'nothing is logged past the log': {
    finds: /console\.|process\.std(out|err)/,
    in: /^(apps\/server|packages\/(api|auth|db))\/src\//,
    except: {
      'packages/db/src/cli.ts': 'a command, which answers whoever typed it',
      'apps/server/src/start.ts': 'mail in development, for whoever sits at the terminal',
      'apps/server/src/main.ts': 'what is wrong with the settings, before there is a log',
    },
  },
} satisfies Record<string, Rule>

const tree = checkout(join(import.meta.dirname, '..'))
const sources = tree.paths.filter(
  (path) => /\.(tsx?|html)$/.test(path) && !/\.(test|fixture|gen)\.tsx?$/.test(path),
)

/** Lines of code that break a rule; what a comment says breaks none. */
function broken({ finds, in: where, except = {} }: Rule) {
  return sources
    .filter((path) => where.test(path) && !(path in except))
    .filter((path) => finds.test(code(tree.read(path))))
}

const code = (text: string) => text.replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '')

test('the rules look at the code there is', () => {
  for (const where of [everything, serving, inBrowsers])
    expect(sources.filter((path) => where.test(path)).length).toBeGreaterThan(40)
})

test.each(Object.entries<Rule>(rules))('%s', (_, rule) => {
  expect(broken(rule)).toEqual([])
})

test.each<[rule: keyof typeof rules, line: string]>([
  [
    'no page is made of text: frameworks escape, nothing goes around them',
    '<p dangerouslySetInnerHTML={{ __html: title }} />',
  ],
  ['no page is made of text: frameworks escape, nothing goes around them', 'element.innerHTML = title'],
  ['no text is run as code', 'return eval(rule)'],
  ['no text is run as code', '<a href="javascript:void 0">'],
  ['nothing that serves requests starts another program', "import { exec } from 'node:child_process'"],
  ['nothing of ours that serves requests asks another server', 'await fetch(input.url)'],
  [
    'no page takes messages of other windows, or code and pictures of other places',
    "window.addEventListener('message', hear)",
  ],
  [
    'no page takes messages of other windows, or code and pictures of other places',
    '<script src="https://cdn.example.org/x.js">',
  ],
  ['no weak hash or cipher is used', "createHash('md5')"],
  ['no weak hash or cipher is used', "createCipheriv('aes-256-ecb', key, null)"],
  ['nothing that must not be guessed comes from Math.random', 'const token = Math.random()'],
  ['nothing is logged past the log', 'console.log(password)'],
])('%s: finds %s', (rule, line) => {
  expect(rules[rule].finds.test(code(line))).toBe(true)
})

test('a password is hidden as it is typed, and left to the password manager', () => {
  const fields = sources
    .filter((path) => path.startsWith('apps/web/src/') && path.endsWith('.tsx'))
    .flatMap((path) =>
      [...tree.read(path).matchAll(/<(?:TextField|input|Input|Field)\b[^]*?\/>/g)].map(([field]) => ({
        path,
        field,
      })),
    )
  const rules = tree.read('apps/web/src/session/password-rules.ts')
  expect(rules).toMatch(/type: 'password'[^]*autoComplete: 'new-password'/)
  // A new one has its rules from there.
  const passwords = fields.filter(
    ({ field }) => /password/i.test(field) && !field.includes('{...passwordRules}'),
  )
  expect(passwords.length).toBeGreaterThanOrEqual(2)
  expect(passwords.filter(({ field }) => !/type="password"|type=\{/.test(field))).toEqual([])
  expect(
    passwords.filter(({ field }) => !/autoComplete=(\{[^}]*|")(current|new)-password/.test(field)),
  ).toEqual([])
  // Whoever may not paste takes a password that can be typed.
  expect(sources.filter((path) => /onPaste[^]{0,40}preventDefault/.test(tree.read(path)))).toEqual([])
})
