import { fileURLToPath } from 'node:url';

/** The folder with the workspace's package.json. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url));
