/**
 * The lowest version of each package that has every known advisory behind it. A package of which two major lines may stay has
 * a floor for each. Where an advisory was in a part that is not used here, its floor holds all the same: tomorrow it may be.
 */
export const floors: Record<string, { floor: string[]; advisories: string[]; what: string }> = {
  // What answers requests.
  'better-auth': {
    floor: ['1.7.0'],
    advisories: [
      'GHSA-qq9h-g4jm-xgf3',
      'GHSA-g38m-r43w-p2q7',
      'GHSA-2vg6-77g8-24mp',
      'GHSA-cq3f-vc6p-68fh',
      'GHSA-86j7-9j95-vpqj',
      'GHSA-9h47-pqcx-hjr4',
      'GHSA-fmh4-wcc4-5jm3',
      'GHSA-pw9m-5jxm-xr6h',
      'GHSA-wxw3-q3m9-c3jr',
      'GHSA-p6v2-xcpg-h6xw',
      'GHSA-xg6x-h9c9-2m83',
      'GHSA-x732-6j76-qmhm',
      'GHSA-569q-mpph-wgww',
      'CVE-2025-61928',
    ],
    what: 'accounts taken over, second factors and limits passed by; docs/security.md says which concerns us',
  },
  '@better-auth/passkey': {
    floor: ['1.7.0'],
    advisories: ['GHSA-4vcf-q4xf-f48m'],
    what: 'deleted another user’s passkey by its id; it goes in step with better-auth',
  },
  '@trpc/server': {
    floor: ['11.8.0'],
    advisories: ['GHSA-43p4-m455-4f4j', 'GHSA-pj3v-9cm8-gvj8'],
    what: 'prototype pollution by names of form fields; a server ended by a WebSocket message',
  },
  hono: {
    floor: ['4.13.11'],
    advisories: [
      'GHSA-5r4p-p66f-jhc7',
      'GHSA-hxh3-vqpv-xpqv',
      'GHSA-gqvv-2mrq-wpjv',
      'GHSA-88fw-hqm2-52qc',
      'GHSA-2gcr-mfcq-wcc3',
      'GHSA-9vqf-7f2p-gf9v',
      'GHSA-92vj-g62v-jqhh',
      'GHSA-9hp6-4448-45g2',
    ],
    what: 'static files past a guard by double decoding, limits of a body passed by in chunks, paths read in two ways',
  },
  '@hono/node-server': {
    floor: ['2.1.3'],
    advisories: ['GHSA-rmxm-3fg6-px4f', 'GHSA-9mqv-5hh9-4cgg', 'GHSA-frvp-7c67-39w9', 'GHSA-92pp-h63x-v22m'],
    what: 'static files past a guard by double decoding, backslashes or slashes; memory kept by broken handshakes',
  },
  kysely: {
    floor: ['0.28.17'],
    advisories: ['GHSA-pv5w-4p9q-p3v2', 'GHSA-wmrf-hv6w-mr66', 'GHSA-8cpq-38p9-67gx', 'GHSA-fr9j-6mvq-frcv'],
    what: 'SQL injection by keys of JSON paths and by sql.lit',
  },
  pg: { floor: ['7.1.2'], advisories: ['GHSA-wc9v-mj63-m9g5'], what: 'code run by the names of columns' },
  nodemailer: {
    floor: ['10.0.6'],
    advisories: ['GHSA-v53p-9fqp-m79j', 'GHSA-6vj9-mwq6-2f5v', 'GHSA-8m3c-c648-2xjj', 'GHSA-vvjj-xcjg-gr5g'],
    what: 'quadratic parsing of addresses, another host’s certificate taken, files read and commands put into mail',
  },
  zod: { floor: ['3.22.3'], advisories: ['GHSA-m95q-7qp3-xv42'], what: 'slow pattern for e-mail addresses' },
  jose: {
    floor: ['4.15.5'],
    advisories: ['GHSA-hhhv-q57g-882q'],
    what: 'memory taken by a compressed token',
  },
  defu: { floor: ['6.1.5'], advisories: ['GHSA-737v-mqg7-c878'], what: 'prototype pollution by `__proto__`' },

  // What runs in the browser.
  'react-dom': { floor: ['16.4.2'], advisories: ['GHSA-mvjj-gqq2-p4hw'], what: 'script in attribute names' },
  '@tanstack/react-router': {
    floor: ['1.169.9'],
    advisories: ['GHSA-g7cv-rxg3-hmpx'],
    what: 'two versions that a thief of credentials published',
  },
  seroval: {
    floor: ['1.6.3'],
    advisories: ['GHSA-p6vx-979v-rg4c', 'GHSA-mv8w-475r-vwqw', 'GHSA-hx9m-jf43-8ffr', 'GHSA-3j22-8qj3-26mx'],
    what: 'code run and time taken by what it reads',
  },
  nanoid: {
    floor: ['3.3.8'],
    advisories: ['GHSA-mwcw-c2x4-8c55'],
    what: 'ids to be guessed where asked for a fraction',
  },

  // What builds and tests.
  vite: {
    floor: ['8.0.16'],
    advisories: [
      'GHSA-fx2h-pf6j-xcff',
      'GHSA-v6wh-96g9-6wx3',
      'GHSA-p9ff-h696-f583',
      'GHSA-v2wj-q39q-566r',
      'GHSA-4w7w-66w2-5vf9',
    ],
    what: 'files of the machine read through the development server',
  },
  esbuild: {
    floor: ['0.28.1'],
    advisories: ['GHSA-67mh-4wv8-2f99', 'GHSA-g7r4-m6w7-qqqr'],
    what: 'any page asks the development server, or reads files on Windows',
  },
  vitest: {
    floor: ['4.1.8'],
    advisories: ['GHSA-5xrq-8626-4rwp', 'GHSA-9crc-q9x8-hgqq'],
    what: 'files read and code run through its interface',
  },
  'playwright-core': {
    floor: ['1.55.1'],
    advisories: ['GHSA-7mvr-c777-76hp'],
    what: 'browsers downloaded without a look at the certificate',
  },
  postcss: {
    floor: ['8.5.18'],
    advisories: ['GHSA-r28c-9q8g-f849', 'GHSA-6g55-p6wh-862q', 'GHSA-qx2v-qp2m-jg93'],
    what: 'files read by the address of a source map',
  },
  picomatch: {
    floor: ['2.3.2', '4.0.4'],
    advisories: ['GHSA-c2c7-rcm5-vvqj', 'GHSA-3v7f-55p6-f55p'],
    what: 'slow patterns',
  },
  braces: { floor: ['3.0.3'], advisories: ['GHSA-grv7-fg5c-xmjg'], what: 'memory taken by a pattern' },
  'form-data': {
    floor: ['4.0.6'],
    advisories: ['GHSA-hmw2-7cc7-3qxx', 'GHSA-fjxv-7rqg-78g4'],
    what: 'line ends in names of fields, boundaries to be guessed',
  },
  'js-yaml': { floor: ['4.1.1'], advisories: ['GHSA-mh29-5h37-fv8m'], what: 'prototype pollution by `<<`' },
  yaml: { floor: ['2.8.3'], advisories: ['GHSA-48c2-rrv3-qjmp'], what: 'deep nesting ends the process' },
  'smol-toml': {
    floor: ['1.6.1'],
    advisories: ['GHSA-v3rj-xjv7-4jmq'],
    what: 'many comments end the process',
  },
  diff: {
    floor: ['8.0.3'],
    advisories: ['GHSA-73rr-hh4g-fpgx'],
    what: 'a patch that is never read to its end',
  },
  semver: { floor: ['7.5.2'], advisories: ['GHSA-c2qf-rxjj-qqgw'], what: 'slow pattern for ranges' },
  minimist: {
    floor: ['1.2.6'],
    advisories: ['GHSA-xvch-5gv4-984h'],
    what: 'prototype pollution by arguments',
  },
}
