// `npm run tidy`: reads every file of the repository and checks the rules that types cannot. Prints
// `path:line: rule: what to do` and ends with exit code 1 if anything is found.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rules, tidy } from './tidy/rules.ts';
import type { SourceFile } from './tidy/source.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const binary = /\.(jpe?g|png|webp|gif|avif|heic|ico|woff2?|wasm|onnx|bin|mp4|webm)$/i;

const files = repositoryFiles();
const findings = tidy(files);
for (const line of findings) console.log(line);
console.log(findings.length === 0 ? `tidy: ${files.length} files, ${rules.length} rules, nothing to do` : `tidy: ${findings.length} to do`);
process.exitCode = findings.length === 0 ? 0 : 1;

// Tracked files and new ones that are not ignored; a file deleted but not yet committed is no longer there.
function repositoryFiles(): SourceFile[] {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return [...new Set(list.split('\0'))]
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .sort()
    .map((path) => ({ path, text: binary.test(path) ? '' : readFileSync(join(root, path), 'utf8') }));
}
