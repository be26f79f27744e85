// `npm start` and `npm run demo` on a machine where nothing is installed yet: plain JavaScript without
// dependencies. Installs and builds what is missing or stale, then becomes the `sonrisa` command.
import './fresh/node-version.mjs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './fresh/built.mjs';
import { ensureInstalled } from './fresh/install.mjs';
import { root } from './fresh/root.mjs';

await ensureInstalled();
await ensureBuilt();

const given = process.argv.slice(2);
const named = given[0] !== undefined && !given[0].startsWith('-');
process.argv.splice(2, process.argv.length, ...(named ? given : ['start', ...given]));
// npm moves to the clone's root; a relative --data or --cert means the folder it was called from.
if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
// In this same process: a signal then has one receiver less to be lost or doubled in.
await import(pathToFileURL(join(root, 'dist', 'cli.mjs')).href);
