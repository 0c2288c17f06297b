/** Nothing inline, nothing from elsewhere, in no frame. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
]

/** Answers of the interface are no pages: should a browser take one for it, it can do nothing. */
const dataPolicy = ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"]

/** What the app does not use, no script may, should one ever get in. Passkeys are for our own pages. */
const permissions = [
  ...[
    'accelerometer',
    'autoplay',
    'bluetooth',
    'browsing-topics',
    'camera',
    'display-capture',
    'encrypted-media',
    'geolocation',
    'gyroscope',
    'hid',
    'idle-detection',
    'magnetometer',
    'microphone',
    'midi',
    'payment',
    'screen-wake-lock',
    'serial',
    'usb',
    'xr-spatial-tracking',
  ].map((feature) => `${feature}=()`),
  ...['clipboard-write', 'fullscreen', 'publickey-credentials-create', 'publickey-credentials-get'].map(
    (feature) => `${feature}=(self)`,
  ),
].join(', ')

/** The headers that every answer has, by what answers (OWASP: HTTP Headers Cheat Sheet). */
export function securityHeaders(baseUrl: string): Record<'page' | 'data', readonly [string, string][]> {
  const isSecure = baseUrl.startsWith('https:')
  const always: [string, string][] = [
    ['x-content-type-options', 'nosniff'],
    ['cross-origin-resource-policy', 'same-origin'],
    ['referrer-policy', 'same-origin'],
    ['x-frame-options', 'DENY'],
    ...(isSecure
      ? [['strict-transport-security', 'max-age=31536000; includeSubDomains'] as [string, string]]
      : []),
  ]
  const policy = [...pagePolicy, ...(isSecure ? ['upgrade-insecure-requests'] : [])].join('; ')
  return {
    data: [...always, ['content-security-policy', dataPolicy.join('; ')]],
    page: [
      ...always,
      ['content-security-policy', policy],
      ['cross-origin-opener-policy', 'same-origin'],
      ['cross-origin-embedder-policy', 'require-corp'],
      ['origin-agent-cluster', '?1'],
      ['permissions-policy', permissions],
      ['x-permitted-cross-domain-policies', 'none'],
    ],
  }
}
