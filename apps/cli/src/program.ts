// The `sonrisa` command: which sub-commands there are, and how a failure is told.
import { Command, CommanderError } from 'commander';
import { addAuditCommand } from './audit/audit-command.ts';
import { addDemoCommand } from './demo/demo-command.ts';
import { addFaceCommand } from './face/face-command.ts';
import { addModelsCommand } from './models/models-command.ts';
import { PlainError } from './plain-error.ts';
import { addVaultCommand } from './vault/vault-command.ts';
import { addRiskCommand } from './risk/risk-command.ts';
import { addSetUpCommands } from './set-up/set-up-commands.ts';
import { addStartCommand } from './start-command.ts';
import type { Output } from './start-command.ts';

/** Runs the command line and answers with the exit code. Nothing but the defect itself prints a stack. */
export async function runCommandLine(argv: readonly string[], print: Output, printError: Output): Promise<number> {
  const program = new Command('sonrisa').description('Pay with a smile, on your own servers');
  program.exitOverride().configureOutput({ writeOut: (text) => print(text.trimEnd()), writeErr: (text) => printError(text.trimEnd()) });
  program.showHelpAfterError(false);
  let exitCode = 0;
  addStartCommand(program, print);
  addDemoCommand(program, print, (code) => {
    exitCode = code;
  });
  addFaceCommand(program, print);
  addAuditCommand(program, print, (code) => {
    exitCode = code;
  });
  addModelsCommand(program, print);
  addVaultCommand(program, print);
  addRiskCommand(program, print);
  addSetUpCommands(program, print);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    printError(error instanceof PlainError ? error.message : ((error as Error).stack ?? String(error)));
    return 1;
  }
}
