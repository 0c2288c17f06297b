/** What a new password has to be, as the server has it: long, and not one that everybody tries first. */
export const passwordRules = {
  type: 'password',
  required: true,
  minLength: 8,
  maxLength: 128,
  autoComplete: 'new-password',
  hint: 'At least 8 characters. Several words make a good one.',
} as const
