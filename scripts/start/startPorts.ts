import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { anyPorts, choosePorts, type Ports } from '../../e2e/ports.ts';

/** The sample's two are the documented ones as long as nobody else has them. */
const firstTime: Ports = { ...anyPorts, backend: 4567, page: 3000 };

/**
 * Ports of this clone's own, so that it meets neither another clone nor a hub that a person uses otherwise; the same as the last
 * time where they are free, since the browser keeps settings and secrets by origin.
 */
export async function loadPorts(stateFolder: string): Promise<Ports> {
  const file = path.join(stateFolder, 'ports.json');
  const last: Partial<Ports> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const chosen = await choosePorts({ ...firstTime, ...last });
  writeFileSync(file, `${JSON.stringify(chosen, null, 2)}\n`);
  return chosen;
}
