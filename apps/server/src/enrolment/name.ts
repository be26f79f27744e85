// The name a person gives at enrolment. What a till shows of it is the payments' rule.

const lettersMax = 40;
// Letters and marks of any script, with what joins the parts of a name.
const nameShape = /^\p{L}[\p{L}\p{M}'’.·・\- ]*$/u;

/** The name with tidy spaces, or undefined when it is none that a till could show. */
export function readName(typed: string): string | undefined {
  const name = typed.normalize('NFC').trim().replace(/\s+/gu, ' ');
  return [...name].length <= lettersMax && nameShape.test(name) ? name : undefined;
}
