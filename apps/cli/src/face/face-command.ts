// `sonrisa face …`: tools for the face engine. Their parts are loaded only when asked for.
import { Option } from 'commander';
import type { Command } from 'commander';
import type { CalibrateFlags } from './calibrate.ts';

export function addFaceCommand(program: Command, print: (line: string) => void): void {
  const face = program.command('face').description('measure what the face engine gets right and wrong');
  face
    .command('calibrate')
    .description('measure a pack on labelled photos (one folder a person): error curve with bounds, plots, worst errors')
    .requiredOption('--data <folder>', 'the photos: one folder a person, at least two photos of some')
    .option('--pairs <file>', "accuracy on this list of pairs (LFW's formats)")
    .addOption(new Option('--from <pack>', 'the pack to measure').default('embedded'))
    .option('--compare <pack>', 'a second pack on the same photos, side by side')
    .option('--pack-profile <file>', 'profile of the pack `custom`: your own ONNX files')
    .option('--name <text>', 'what the photos are called in curve and report; default: the name of the folder')
    .option('--out <folder>', 'where curve files and report go', 'calibration')
    .option('--seed <number>', 'of the bootstrap; the same seed gives the same report', '1')
    .option('--threads <number>', 'threads that embed photos; default: one a core')
    .action(async (flags: CalibrateFlags) => {
      const { runCalibrate } = await import('./calibrate.ts');
      await runCalibrate(flags, print);
    });
}
