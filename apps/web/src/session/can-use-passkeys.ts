/** Whether this browser has passkeys, and this address may: they belong to names, never to numbers (WebAuthn, 5.1.2). */
export function canUsePasskeys(): boolean {
  return 'PublicKeyCredential' in window && window.isSecureContext && !/^[\d.]+$|^\[/.test(location.hostname)
}
