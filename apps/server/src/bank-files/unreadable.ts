// A file that cannot be trusted as a whole is refused as a whole: half a statement would look like breaks.
export class StatementUnreadable extends Error {
  override name = 'StatementUnreadable';
}
