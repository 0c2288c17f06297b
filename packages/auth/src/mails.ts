/** A mail as whoever sends it needs it. Plain text: nothing in it is loaded from anywhere. */
export interface Mail {
  to: string
  subject: string
  text: string
}

/** Links carry their token behind `#`, which browsers send to no server and no log keeps. */
const link = (baseUrl: string, page: string, token: string) =>
  `${new URL(`/${page}`, baseUrl).href}#token=${token}`

const ignore = 'If that was not you, there is nothing to do: without this link nothing happens.'

export function confirmSignUp(baseUrl: string, to: string, token: string): Mail {
  return {
    to,
    subject: 'Confirm your address for Ownlist',
    text: `Somebody, most likely you, made an Ownlist account with this address.

Confirm it within a day, in the browser you did that with or with the password you chose, and then sign in:
${link(baseUrl, 'verify', token)}

${ignore}
`,
  }
}

export function confirmAddress(baseUrl: string, to: string, token: string): Mail {
  return {
    to,
    subject: 'Confirm your address for Ownlist',
    text: `Confirm within a day that this address is yours:
${link(baseUrl, 'verify', token)}

${ignore}
`,
  }
}

export function accountExists(baseUrl: string, to: string): Mail {
  return {
    to,
    subject: 'You have an Ownlist account already',
    text: `Somebody, most likely you, wanted to make an Ownlist account with this address. There is one already:
sign in at ${new URL('/', baseUrl).href} or, if you forgot the password, ask for a new one there.

If that was not you, there is nothing to do. Nobody has learned that you have an account.
`,
  }
}

export function resetPassword(baseUrl: string, to: string, token: string): Mail {
  return {
    to,
    subject: 'A new password for Ownlist',
    text: `Set a new password within an hour:
${link(baseUrl, 'reset', token)}

Every device will then have to sign in again. ${ignore}
`,
  }
}

export function confirmChange(baseUrl: string, to: string, token: string): Mail {
  return {
    to,
    subject: 'Confirm your new address for Ownlist',
    text: `Confirm within an hour that your Ownlist account shall have this address:
${link(baseUrl, 'change-email', token)}

${ignore}
`,
  }
}

const alarm = (baseUrl: string) =>
  `If that was not you, change your password at ${new URL('/', baseUrl).href} at once and end the sessions you do not know.`

export function changeAsked(baseUrl: string, to: string, newEmail: string): Mail {
  return {
    to,
    subject: 'Your Ownlist address is to change',
    text: `Your Ownlist account is to have the address ${newEmail} instead of this one, as soon as that is confirmed.

${alarm(baseUrl)}
`,
  }
}

export function emailChanged(to: string, newEmail: string): Mail {
  return {
    to,
    subject: 'Your Ownlist address has changed',
    text: `Your Ownlist account has the address ${newEmail} now, and this one no more.

If that was not you, tell whoever runs this Ownlist at once.
`,
  }
}

export function passwordChanged(baseUrl: string, to: string): Mail {
  return {
    to,
    subject: 'Your Ownlist password has changed',
    text: `The password of your Ownlist account was changed.

If that was not you, ask for a new one at ${new URL('/', baseUrl).href} at once: that also ends every session.
`,
  }
}

export function signInChanged(baseUrl: string, to: string, what: string): Mail {
  return {
    to,
    subject: 'How you sign in to Ownlist has changed',
    text: `${what}

${alarm(baseUrl)}
`,
  }
}

export function newDevice(
  baseUrl: string,
  to: string,
  { ipAddress, userAgent }: { ipAddress: string | null; userAgent: string | null },
): Mail {
  const device = userAgent?.replaceAll(/[^\x20-\x7e]/g, '?') ?? 'an unnamed program'
  return {
    to,
    subject: 'A new device signed in to Ownlist',
    text: `Your account was signed in to from a device that was not seen before:
${device}${ipAddress ? `, at ${ipAddress}` : ''}

${alarm(baseUrl)}
`,
  }
}
