// Compiles the kernels (AssemblyScript) and writes them, as base64, where their users find them:
//   npm run build:kernel
// The compiler's version is pinned, so the same source gives the same bytes; a test compares them.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const faceUrl = new URL('../packages/face/', import.meta.url);

export interface KernelBuild {
  /** In packages/face. */
  readonly source: string;
  readonly output: string;
  readonly flags: readonly string[];
}

const commonFlags = ['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--importMemory', '--initialMemory', '1', '--maximumMemory', '65536', '--enable', 'simd'];

export const kernelBuilds: readonly KernelBuild[] = [
  { source: 'kernel/search.as', output: 'src/index/flat/kernel.wasm.ts', flags: ['--sharedMemory', '--enable', 'threads'] },
  { source: 'kernel/nets.as', output: 'src/nets/kernel.wasm.ts', flags: ['--enable', 'relaxed-simd'] },
  { source: 'kernel/pictures.as', output: 'src/pictures/kernel.wasm.ts', flags: [] },
];

// The compiler wants its own ending; ours keeps the files apart from TypeScript.
const entryName = 'kernel.ts';
const outputName = 'kernel.wasm';

/** The text of the module that carries the bytes. Throws when the source does not compile, or when the compiler is not installed. */
export async function buildKernel({ source, flags }: KernelBuild): Promise<string> {
  const { default: compiler } = await import('assemblyscript/asc');
  let binary: Uint8Array | null = null;
  const text = readFileSync(new URL(source, faceUrl), 'utf8');
  const { error, stderr } = await compiler.main([entryName, ...commonFlags, ...flags, '--outFile', outputName], {
    readFile: (name: string) => (name === entryName ? text : null),
    writeFile: (name: string, contents: Uint8Array | string) => {
      if (name === outputName && typeof contents !== 'string') binary = contents;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`${source} does not compile: ${String(stderr)} ${error?.message ?? ''}`);
  const lines = Buffer.from(binary).toString('base64').match(/.{1,116}/g) ?? [];
  return `// Written by tools/build-kernel.ts from packages/face/${source}: do not edit.
export const kernelBase64 = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('');
`;
}

export const kernelFile = ({ output }: KernelBuild): string => fileURLToPath(new URL(output, faceUrl));

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const build of kernelBuilds) {
    writeFileSync(kernelFile(build), await buildKernel(build));
    console.log(kernelFile(build));
  }
}
