// `sonrisa face …`: tools for the face engine. Their parts are loaded only when asked for.
import { Option } from 'commander';
import type { Command } from 'commander';
import type { CalibrateFlags } from './calibrate.ts';
import type { PadFlags } from './pad-report.ts';
import type { UnlinkabilityFlags } from './unlinkability.ts';

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
  face
    .command('pad-report')
    .description("what a pack's spoof nets let through: error rates by species with bounds (ISO/IEC 30107-3), each photo's score")
    .requiredOption('--data <folder>', 'the photos: one folder a species, live and attacks such as print, screen, mask')
    .option('--map <file>', 'JSON of photo → species, where the photos are not sorted into folders')
    .option('--pack-profile <file>', 'profile of the pack whose nets are tried')
    .option('--threshold <score>', "score from which a photo counts as a person; default: the profile's")
    .option('--name <text>', 'what the photos are called in the report; default: the name of the folder')
    .option('--out <folder>', 'where the report goes', 'pad-report')
    .action(async (flags: PadFlags) => {
      const { runPadReport } = await import('./pad-report.ts');
      await runPadReport(flags, print);
    });
  face
    .command('unlinkability')
    .description('whether templates under two keys can be linked (D_sys), and what the secret transform costs in accuracy')
    .requiredOption('--data <folder>', 'the photos: one folder a person, at least two photos of some')
    .option('--pack-profile <file>', 'profile of the pack to measure; default: the embedded one')
    .option('--pairs <file>', "accuracy before and after sealing, and as int8 codes, on this list of pairs (LFW's formats)")
    .option('--keys <number>', 'pairs of fresh keys', '10')
    .option('--photos <number>', 'photos to embed at most, four of a person', '1200')
    .option('--threads <number>', 'threads that embed photos; default: one a core')
    .action(async (flags: UnlinkabilityFlags) => {
      const { runUnlinkability } = await import('./unlinkability.ts');
      await runUnlinkability(flags, print);
    });
}
