import manifest from '../package.json' with { type: 'json' };

/** The hub's version, as in its package.json. */
export const version: string = manifest.version;
