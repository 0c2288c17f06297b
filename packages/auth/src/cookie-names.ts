/** Only this very host, over https, can set a cookie named `__Host-` (RFC 6265bis, 4.1.3.2). */
export function cookiePrefix(baseUrl: string): string {
  return baseUrl.startsWith('https:') ? '__Host-ownlist' : 'ownlist'
}
