import type { ServiceRow } from './serviceRow.ts';

/** Where the views of a window look: `Local`, an AWS profile and region, or Rollbar. */
export interface ShownPlaces {
  readonly traces: string;
  readonly errors: string;
}

/** Says where the views look, with a way to look elsewhere; `undefined` while all of them show the hub on this machine. */
export function placesRow(places: ShownPlaces | undefined, local: string): ServiceRow | undefined {
  if (places === undefined || (places.traces === local && places.errors === local)) {
    return undefined;
  }
  const row = { icon: 'eye', context: '', children: [] };
  const elsewhere = [...new Set([places.traces, places.errors])].filter((place) => place !== local);
  return {
    ...row,
    id: 'places',
    label: 'Read from',
    description: elsewhere.join(', '),
    tooltip: 'What the views of this window show. What apps send goes to the hub all the same.',
    children: [
      {
        ...row,
        id: 'places.traces',
        label: 'Traces, logs, sampling',
        description: places.traces,
        command: { id: 'sightline.chooseSource', title: 'Choose Source' },
      },
      {
        ...row,
        id: 'places.errors',
        label: 'Errors',
        description: places.errors,
        command: { id: 'sightline.chooseErrorSource', title: 'Choose Source of Errors' },
      },
    ],
  };
}
