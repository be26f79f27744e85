// The command line of the rack: `npm run torture -- NAME [--cycles N] [--seed N] …`. Every option is a whole number or a switch.

export type RackOptions = {
  readonly name: string;
  readonly seed: number;
  /** As given; each run has its own defaults. */
  readonly numbers: Readonly<Record<string, number>>;
  readonly control: boolean;
  /** Write the result into torture/RESULTS.md. */
  readonly record: boolean;
};

const numberNames = ['seed', 'cycles', 'rounds', 'minutes', 'racers', 'keys', 'retries', 'clients', 'workers', 'templates'] as const;

export class OptionError extends Error {}

/** Throws OptionError with a sentence for who typed it. */
export function readOptions(argv: readonly string[], names: readonly string[]): RackOptions {
  const [name = '', ...rest] = argv;
  if (!names.includes(name)) throw new OptionError(`Name one of: ${names.join(', ')}.`);
  const numbers: Record<string, number> = {};
  let control = false;
  let record = false;
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at]!.replace(/^--/, '');
    if (word === 'control') control = true;
    else if (word === 'record') record = true;
    else if ((numberNames as readonly string[]).includes(word)) numbers[word] = wholeNumber(word, rest[(at += 1)]);
    else throw new OptionError(`There is no option "${rest[at]}": --control, --record, or a number for ${numberNames.map((each) => `--${each}`).join(', ')}.`);
  }
  return { name, seed: numbers['seed'] ?? 1, numbers, control, record };
}

function wholeNumber(name: string, text: string | undefined): number {
  if (text === undefined || !/^[0-9]{1,9}$/.test(text)) throw new OptionError(`--${name} takes a whole number, not "${text ?? ''}".`);
  return Number(text);
}
