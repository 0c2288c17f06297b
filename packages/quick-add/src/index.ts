export { parseQuickAdd } from './languages.ts'
export { longestText, type ParseQuickAdd } from './parse.ts'
export { sayPiece } from './say.ts'
export type { Due, Piece, Priority, QuickAdd, QuickAddOptions, Recurrence } from './pieces.ts'
