import { homedir } from 'node:os';
import { awsSurroundingsOf } from '../services/awsSurroundings.ts';
import type { LocalXRayDaemon } from '../services/localXRayDaemon.ts';
import { readTextFile } from '../services/textFile.ts';
import { getSetting } from './settings.ts';
import { portSettings } from './services.ts';

/** The settings that decide whether a daemon goes before the hub, and which. */
export const xrayDaemonSettingIds = ['sightline.xray.daemon', 'sightline.xray.daemonPath'] as const;

/** What settings and machine say of the daemon now. */
export function xrayDaemonSettings(): ReturnType<LocalXRayDaemon['settings']> {
  const path = getSetting('sightline.xray.daemonPath') ?? '';
  const port = portSettings().xray;
  const { region } = awsSurroundingsOf({ env: process.env, home: homedir(), readText: readTextFile });
  return {
    use: getSetting('sightline.xray.daemon'),
    region: region ?? getSetting('sightline.aws.region'),
    ...(path !== '' && { path }),
    ...(port !== undefined && { port }),
  };
}
