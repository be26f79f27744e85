// The first thing any command checks. Kept in a file without other imports, so that an old Node can still read it.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Sonrisa needs Node.js 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
