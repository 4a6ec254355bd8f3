// `npm start`: opens VS Code with the extension on the sample backend, and ends with Ctrl-C all that it started.
// `npm start -- --no-open` opens nothing: it serves VS Code to a browser and prints the address.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(`Sightline needs Node 24 or newer; this is ${process.version}. Start it by "npm start".`);
  process.exit(1);
}
// Loaded only now: older versions of Node cannot read these files.
const { start } = await import('./start/main.ts');
process.exitCode = await start(process.argv.slice(2));
