import { capStateOf, readCapStateOf, type CapState } from '@sightline/telemetry/cost/cap';
import { costOf, type CostSummary } from '@sightline/telemetry/cost/costOf';
import {
  changeCostSettings,
  defaultCostSettings,
  type CostSettings,
  type CostSettingsChange,
} from '@sightline/telemetry/cost/costSettings';
import { foldHours } from '@sightline/telemetry/cost/foldHours';
import {
  addUsage,
  costDestinations,
  hourOf,
  type CostDestination,
  type HourUsage,
  type Retention,
  type Usage,
} from '@sightline/telemetry/cost/usage';
import type { DocumentStore } from '../store/traceAnalysis.ts';

/** Most of what is counted and can be lost with a `kill -9`: a bill is the vendor's, this is to know of it in time. */
const pauseMillis = 2_000;
const hourKind = 'costHour';
const settingsKind = 'cost';
const settingsKey = 'settings';

/** Counts what goes to each destination and comes from it, by the hour, and knows which has reached its cap. */
export class CostMeter {
  readonly #documents: DocumentStore;
  readonly #now: () => number;
  readonly #hours = new Map<CostDestination, Map<number, HourUsage>>();
  readonly #dirty = new Set<string>();
  readonly #capped = new Map<CostDestination, { readonly hour: number; readonly isCapped: boolean }>();
  readonly #listeners = new Set<() => void>();
  #settings: CostSettings = defaultCostSettings;
  #foldedDay = 0;
  #timer: NodeJS.Timeout | undefined;
  #writing = Promise.resolve();

  private constructor(documents: DocumentStore, now: () => number) {
    this.#documents = documents;
    this.#now = now;
  }

  /** Takes up what was counted before. `now` gives milliseconds since the Unix epoch. */
  static async open(documents: DocumentStore, now: () => number = Date.now): Promise<CostMeter> {
    const meter = new CostMeter(documents, now);
    const [hours, settings] = await Promise.all([documents.all(hourKind), documents.all(settingsKind)]);
    meter.#settings = (settings.get(settingsKey) as CostSettings | undefined) ?? defaultCostSettings;
    for (const [key, value] of hours) {
      const [destination, hour] = key.split(' ') as [CostDestination, string];
      meter.#hoursOf(destination).set(Number(hour), { hour: Number(hour), ...(value as Omit<HourUsage, 'hour'>) });
    }
    return meter;
  }

  get settings(): CostSettings {
    return this.#settings;
  }

  /** Counts what was sent to a destination, or read from it. `retention` is that of the group that log bytes went to. */
  add(destination: CostDestination, usage: Usage, { retention }: { readonly retention?: Retention } = {}): void {
    const now = this.#now();
    this.#foldDaily(now);
    const hour = hourOf(now);
    const hours = this.#hoursOf(destination);
    const before = hours.get(hour) ?? { hour, usage: {} };
    const kept = retention === undefined ? before.kept : keep(before.kept, retention, usage.logBytes ?? 0);
    hours.set(hour, { hour, usage: addUsage(before.usage, usage), ...(kept !== undefined && { kept }) });
    this.#write(`${destination} ${hour}`);
    this.#capped.delete(destination);
  }

  /** Whether nothing more is to be sent there this month. Cheap: worked out once after each change. */
  isCapped(destination: CostDestination): boolean {
    const hour = hourOf(this.#now());
    const known = this.#capped.get(destination);
    if (known?.hour === hour) {
      return known.isCapped;
    }
    const isCapped = this.capStateOf(destination) === 'over';
    this.#capped.set(destination, { hour, isCapped });
    return isCapped;
  }

  /** Whether the views are to ask nothing more there by themselves this month. */
  isReadingCapped(destination: CostDestination): boolean {
    const cap = this.#settings.caps[destination];
    return cap !== undefined && readCapStateOf(cap, this.summaryOf(destination)) === 'over';
  }

  /** `undefined` where there is no cap. */
  capStateOf(destination: CostDestination, summary?: CostSummary): CapState | undefined {
    const cap = this.#settings.caps[destination];
    return cap && capStateOf(cap, summary ?? this.summaryOf(destination));
  }

  summaryOf(destination: CostDestination): CostSummary {
    const { billing, prices } = this.#settings;
    const hours = [...this.#hoursOf(destination).values()];
    return costOf({ destination, hours, now: this.#now(), billing, overrides: prices });
  }

  /** What it resolves to survives `kill -9`. */
  async changeSettings(change: CostSettingsChange): Promise<void> {
    const settings = changeCostSettings(this.#settings, change);
    await this.#documents.put(settingsKind, settingsKey, settings);
    this.#settings = settings;
    this.#capped.clear();
    for (const listener of this.#listeners) {
      listener();
    }
  }

  /** Told when the settings have changed, so that what waits for a cap can look again. */
  onDidChangeSettings(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes what has not been written yet. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const keys = [...this.#dirty];
    this.#dirty.clear();
    this.#writing = this.#writing.then(() => this.#put(keys));
    await this.#writing;
  }

  async #put(keys: readonly string[]): Promise<void> {
    await Promise.all(
      keys.map(async (key) => {
        const [destination, hour] = key.split(' ') as [CostDestination, string];
        const { hour: _, ...value } = this.#hoursOf(destination).get(Number(hour)) ?? { hour: 0 };
        try {
          await this.#documents.put(hourKind, key, 'usage' in value ? value : undefined);
        } catch {
          // A full disk, which the store tells of; what was counted is written with the next change.
          this.#dirty.add(key);
        }
      }),
    );
  }

  #write(key: string): void {
    this.#dirty.add(key);
    this.#timer ??= setTimeout(() => void this.flush(), pauseMillis).unref();
  }

  #foldDaily(now: number): void {
    const day = Math.floor(hourOf(now) / 24);
    if (day === this.#foldedDay) {
      return;
    }
    this.#foldedDay = day;
    for (const destination of costDestinations) {
      const before = this.#hoursOf(destination);
      const after = new Map(foldHours([...before.values()], now).map((each) => [each.hour, each]));
      for (const hour of new Set([...before.keys(), ...after.keys()])) {
        if (before.get(hour) !== after.get(hour)) {
          this.#write(`${destination} ${hour}`);
        }
      }
      this.#hours.set(destination, after);
    }
  }

  #hoursOf(destination: CostDestination): Map<number, HourUsage> {
    let hours = this.#hours.get(destination);
    if (hours === undefined) {
      hours = new Map();
      this.#hours.set(destination, hours);
    }
    return hours;
  }
}

function keep(kept: HourUsage['kept'], retention: Retention, bytes: number): HourUsage['kept'] {
  return { ...kept, [retention]: (kept?.[retention] ?? 0) + bytes };
}
