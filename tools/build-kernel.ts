// Compiles the search kernel (AssemblyScript) and writes it, as base64, where the index finds it:
//   npm run build:kernel
// The compiler's version is pinned, so the same source gives the same bytes; a test compares them.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const sourceUrl = new URL('../packages/face/kernel/search.as', import.meta.url);
const outputUrl = new URL('../packages/face/src/index/flat/kernel.wasm.ts', import.meta.url);

// The compiler wants its own ending; ours keeps the file apart from TypeScript.
const entryName = 'search.ts';
const outputName = 'search.wasm';

const compilerFlags = [
  ...['-O3', '--converge', '--noAssert', '--runtime', 'stub'],
  ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
  ...['--enable', 'simd', '--enable', 'threads'],
];

/** Throws when the source does not compile, or when the compiler is not installed. */
export async function compileKernel(): Promise<Uint8Array> {
  const { default: compiler } = await import('assemblyscript/asc');
  let binary: Uint8Array | null = null;
  const source = readFileSync(sourceUrl, 'utf8');
  const { error, stderr } = await compiler.main([entryName, ...compilerFlags, '--outFile', outputName], {
    readFile: (name: string) => (name === entryName ? source : null),
    writeFile: (name: string, contents: Uint8Array | string) => {
      if (name === outputName && typeof contents !== 'string') binary = contents;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`the kernel does not compile: ${String(stderr)} ${error?.message ?? ''}`);
  return binary;
}

/** The module that carries the bytes. */
export function kernelModuleText(binary: Uint8Array): string {
  const lines = Buffer.from(binary).toString('base64').match(/.{1,116}/g) ?? [];
  const text = lines.map((line) => `  '${line}',`).join('\n');
  return `// Written by tools/build-kernel.ts from packages/face/kernel/search.as: do not edit.
export const kernelBase64 = [
${text}
].join('');
`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const binary = await compileKernel();
  writeFileSync(outputUrl, kernelModuleText(binary));
  console.log(`${fileURLToPath(outputUrl)}: ${binary.length} bytes of wasm`);
}
