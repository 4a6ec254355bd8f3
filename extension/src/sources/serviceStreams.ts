/** Where log lines are; the whole group where no stream is named. */
export interface LogPlace {
  readonly group: string;
  readonly stream: string | undefined;
}

const maxServices = 100;
const maxStreams = 10;

/** Remembers in which streams the lines of a service's traces were: its other lines are there too. */
export class ServiceStreams {
  readonly #byService = new Map<string, LogPlace[]>();

  note(service: string, { group, stream }: { readonly group: string; readonly stream: string }): void {
    const places = this.#byService.get(service) ?? [];
    if (!places.some((place) => place.group === group && place.stream === stream)) {
      // The one written last is the likeliest: a service that was started anew has another stream.
      this.#byService.set(service, [...places, { group, stream }].slice(-maxStreams));
    }
    for (const oldest of this.#byService.keys()) {
      if (this.#byService.size <= maxServices) {
        break;
      }
      this.#byService.delete(oldest);
    }
  }

  /** The one that was met last at the end. */
  of(service: string): readonly LogPlace[] {
    return this.#byService.get(service) ?? [];
  }
}

/** Whether a log group is called like a service: a part of its name between `/`, `.`, `_` and `-` is that of the service. */
export function isOfService(group: string, service: string): boolean {
  const name = parted(service);
  return name !== '' && `/${parted(group)}/`.includes(`/${name}/`);
}

function parted(name: string): string {
  return name
    .toLowerCase()
    .split(/[/._-]+/)
    .filter(Boolean)
    .join('/');
}
