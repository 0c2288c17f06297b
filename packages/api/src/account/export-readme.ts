import type { ExportOptions } from './export.ts'

/** Explains the other files to people, and to those who write programs that read them. */
export function readme({ at, now }: Pick<ExportOptions, 'at' | 'now'>): string {
  return `Your Ownlist account, exported at ${now.toISOString()}.
${at === undefined ? '' : `The tasks are as they were at ${at}; everything else is as it is now.\n`}
account.json   everything, for programs
tasks.csv      your tasks, for spreadsheets; likewise lists.csv, tags.csv, views.csv and comments.csv
history.csv    every change, for spreadsheets

All of it is of one moment. Texts are UTF-8. Instants are ISO 8601 in UTC ("2026-11-21T09:00:00.123456Z"),
days are days ("2026-11-21"), ids are UUIDs.


account.json, version 1

A later version adds fields; if one changes its meaning or goes away, "version" becomes 2.

format         "ownlist-account"
version        1
exportedAt     when this was made
tasksAsOf      the instant whose tasks these are; null: as they are now
revision       the number of the newest change of the account
account        id, email, name, image, isVerified, createdAt, updatedAt; eraseAfter: when it will be erased,
               if you asked for that; signIns: by what you can sign in (provider, createdAt)
preferences    timeZone (IANA), weekStart (1 is Monday, 7 is Sunday), locale
sessions       where you are signed in: id, createdAt, lastUsedAt, expiresAt, ipAddress, userAgent
factors        what you sign in with beside a password: totpSince (an authenticator app, or null), recoveryCodesLeft,
               passkeys (id, name, createdAt, lastUsedAt, backedUp: kept by more than one device), trustedDevices (browsers
               that need no code: createdAt, lastUsedAt, expiresAt, ipAddress, userAgent)
securityEvents what touched how the account is signed in to, for half a year, the newest first: id, kind, at, ipAddress,
               userAgent, detail
tokens         your API tokens: id, name, scopes, lastFour (how it ends), createdAt, expiresAt, lastUsedAt (to ten minutes)
lists          by id: id, name, color ("#rrggbb" or null), icon, position, archivedAt, createdAt, updatedAt, revision
tags           by id: id, name, color, createdAt, updatedAt, revision
views          by id: id, name, icon, filter (the fields that tasks.list takes), position, createdAt, updatedAt, revision
comments       by id: id, taskId, body (Markdown), createdAt, updatedAt, revision
tasks          by id. Each has:
  id, number     number is what you see as #12; no other task ever gets it
  title          1 to 200 characters
  description    Markdown, or null
  status         "pending", "in_progress" or "completed"; completed says whether it is the last
  completedAt    when it was completed, or null
  priority       "low", "medium", "high", or null for none
  due            null, a day { "date" }, or an instant { "dateTime", "timeZone" } with the zone it was meant in
  listId         the list it stands in; null: the Inbox
  parentId       the task that it is a subtask of, or null
  tagIds         its tags
  recurrence     null, or the rule by which it comes again: { "rule" (RFC 5545, without DTSTART), "basis": counted
                 from when it was "due" or from its "completion" }
  series         null, or which occurrence of which recurring task it is: { "id", "start" (the rule's DTSTART),
                 "occurrence" (when it is scheduled), "number" }
  position       its place where you sort by hand: compare the texts character by character
  createdAt, updatedAt
  revision       the newest change that touched it
history        by revision, from the oldest that is still kept. Each has:
  revision       changes made at once have one number
  madeAt         when
  actor          "session" (you, signed in), "token", "import", "system" or "database" (by hand, past the application)
  client         the program, as it calls itself
  sessionId      which session
  undoes         the revision that it took back, or null
  basedOn        the newest revision that the program knew of when it made the change, or null
  changes        entity ("lists", "tags", "views", "tasks" or "comments"), id, kind ("created", "updated", "deleted"), and before and after: the fields that
                 changed; all of them where the row came to be (after) or went (before)
operations     calls that will not happen twice if they are repeated: opId, procedure, madeAt

Not in here: your password, the keys of your sessions and your API tokens themselves. Ownlist keeps neither, only what proves them.


The tables

RFC 4180: a line of names first, commas, CRLF, quotes where needed; UTF-8 with byte order mark. The columns are the
fields above. A due day stands in dueDate, a due instant in dueDateTime and dueTimeZone; several tagIds have spaces between
them; a view's filter is JSON. In history.csv each line is
a change; before and after are JSON.

An empty cell is null, a pair of quotes a text without characters. A cell that would begin with = + - @ (also in
their full-width forms), a tab or a line break has an apostrophe in front, because a spreadsheet would take it for
a formula; one that begins with an apostrophe has a second. To have the exact text, take one apostrophe off the
beginning where there is one.
`
}
