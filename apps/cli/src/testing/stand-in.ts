// Tiny programs in place of the server and the vault, for tests of the supervisor alone: they answer
// /health on the port they were told, end on SIGTERM or when the supervisor is gone, and crash on request.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Programs } from '../instance-options.ts';

export function writeStandIns(folder: string): Programs {
  const write = (name: string, portVariable: string) => {
    const file = join(folder, `${name}.mjs`);
    writeFileSync(file, source(portVariable));
    return file;
  };
  return { server: write('server', 'SONRISA_PORT'), vault: write('vault', 'SONRISA_VAULT_PORT') };
}

export function writeBroken(folder: string): string {
  const file = join(folder, 'broken.mjs');
  writeFileSync(file, "throw new Error('the oven is cold');\n");
  return file;
}

const source = (portVariable: string): string => `
import { createServer } from 'node:http';
if (process.argv[2] === 'migrate') process.exit(0);
const server = createServer((request, answer) => answer.end('{"status":"ok"}'));
server.listen(Number(process.env.${portVariable}), '127.0.0.1');
const end = (why) => { console.log('ended by ' + why); process.exit(0); };
process.on('SIGTERM', () => end('SIGTERM'));
process.on('SIGINT', () => end('SIGINT'));
process.on('disconnect', () => end('disconnect'));
`;
