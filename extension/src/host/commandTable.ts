import type { ServiceId } from '../services/serviceState.ts';

/**
 * Every command of the Services view and of starting things, with what it takes. From the palette a command comes without arguments, from a row with
 * the row. `manifest.test.ts` holds this against package.json.
 */
export interface ServicesCommands {
  'sightline.start': () => Promise<void>;
  'sightline.stop': () => Promise<void>;
  'sightline.restart': () => Promise<void>;
  'sightline.startService': (service?: ServiceArgument) => Promise<void>;
  'sightline.stopService': (service?: ServiceArgument) => Promise<void>;
  'sightline.restartService': (service?: ServiceArgument) => Promise<void>;
  'sightline.chooseService': (service?: ServiceArgument) => Promise<void>;
  'sightline.openBackend': () => Promise<void>;
  'sightline.showOutput': (service?: ServiceArgument) => Promise<void>;
  'sightline.showLog': () => void;
  'sightline.toggleAutostart': () => Promise<void>;
  'sightline.copyEnvironment': () => Promise<void>;
  'sightline.showEnvironment': () => Promise<void>;
  'sightline.showProblems': () => Promise<void>;
  'sightline.clearData': () => Promise<void>;
  'sightline.getStarted': () => Promise<void>;
  'sightline.openSettings': () => Promise<void>;
}

/** Every command of the Traces view. */
export interface TracesCommands {}

/** A service by name, or a row of the Services view. */
export type ServiceArgument = ServiceId | { readonly service?: ServiceId };

/** The ids once more, where they can be counted; the compiler misses none. */
export const commandIds: Record<keyof ServicesCommands | keyof TracesCommands, true> = {
  'sightline.start': true,
  'sightline.stop': true,
  'sightline.restart': true,
  'sightline.startService': true,
  'sightline.stopService': true,
  'sightline.restartService': true,
  'sightline.chooseService': true,
  'sightline.openBackend': true,
  'sightline.showOutput': true,
  'sightline.showLog': true,
  'sightline.toggleAutostart': true,
  'sightline.copyEnvironment': true,
  'sightline.showEnvironment': true,
  'sightline.showProblems': true,
  'sightline.clearData': true,
  'sightline.getStarted': true,
  'sightline.openSettings': true,
};
