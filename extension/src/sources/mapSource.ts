import type { ChangeEvent } from '@sightline/hub/client/api';
import type { ServiceMapQuery } from '@sightline/hub/client/hubClient';
import type { ServiceMapReply } from '@sightline/hub/client/mapApi';
import type { Event } from '../lifetime.ts';
import type { SourceState } from './traceSource.ts';

/**
 * Where the service map comes from: the local hub, or an account in the cloud. The views know only this interface.
 * Every call rejects with a `UserError` where a person can do something about it, and with the signal's reason once that is aborted.
 */
export interface MapSource {
  readonly state: SourceState;
  readonly onDidChangeState: Event<SourceState>;
  /** Fires after each change of what is kept. */
  readonly onDidChange: Event<ChangeEvent>;
  /** Milliseconds after which a map of the last minutes is an old one, though nothing is known to have changed. */
  readonly quietPace: number;
  /** Whether a map may then be asked for without a person's doing; what a cap forbids is not. */
  mayAskByItself(): boolean;

  loadServiceMap(query: ServiceMapQuery, signal?: AbortSignal): Promise<ServiceMapReply>;
}
