/** What goes out costs, under `/sightline/v1/cost` as JSON. Money is billionths of a US dollar as decimal text; months are UTC's. */
import type { Cap, CapState } from '@sightline/telemetry/cost/cap';
import type { CostSettings } from '@sightline/telemetry/cost/costSettings';
import type { CostWarning } from '@sightline/telemetry/cost/costWarnings';
import type { Charge } from '@sightline/telemetry/cost/prices';
import type { CostDestination, Usage } from '@sightline/telemetry/cost/usage';

/** `GET /sightline/v1/cost`. */
export interface CostJson {
  /** Such as `2026-11`. */
  readonly month: string;
  /** When the table of prices was looked through, as `2026-11-23`. */
  readonly pricesDate: string;
  /** Those that something was sent to or read from this month, that the relay is switched on for, or that have a cap. */
  readonly destinations: readonly DestinationCostJson[];
  readonly warnings: readonly CostWarning[];
  readonly settings: CostSettings;
}

export interface DestinationCostJson {
  readonly destination: CostDestination;
  readonly thisHour: Usage;
  readonly thisMonth: Usage;
  /** Of the whole month, if it goes on as in the last `forecastHours`. */
  readonly forecast: Usage;
  readonly forecastHours: number;
  readonly nanoDollars: string;
  readonly forecastNanoDollars: string;
  readonly lines: readonly CostLineJson[];
  readonly cap?: Cap;
  /** Absent where there is no cap. */
  readonly capState?: CapState;
}

/** Amounts are in units of the charge, such as GB, in thousandths. */
export interface CostLineJson extends Pick<
  Charge,
  'id' | 'what' | 'unit' | 'per' | 'region' | 'source' | 'seen' | 'confirmed' | 'note'
> {
  readonly used: number;
  readonly free: number;
  readonly freeLeft: number;
  readonly forecastUsed: number;
  /** Dollars for `per` units; absent, as the cost, where there is no price by amount. */
  readonly price?: string;
  readonly nanoDollars?: string;
  readonly forecastNanoDollars?: string;
  /** The price or the free tier is not the table's but that of the settings. */
  readonly isOverridden: boolean;
}

/** `POST /sightline/v1/cost/reads`: what was read from a destination, so that it is counted. Empty `usage` only asks. */
export interface CostReads {
  readonly destination: CostDestination;
  readonly usage: Pick<Usage, 'tracesRetrieved' | 'tracesScanned' | 'liveTailSeconds' | 'insightsBytes' | 'viewCalls'>;
}

export interface CostReadsReply {
  /** A cap is reached: nothing more is to be read there without a person asking for it. */
  readonly isCapped: boolean;
}
