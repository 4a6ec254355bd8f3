import type { LoadPlan } from './otlpBodies.ts';

/** What the bench asks of the load process, over the channel of `child_process.fork`. One request at a time. */
export type LoadRequest =
  | { readonly kind: 'prepareOtlp'; readonly plan: LoadPlan }
  | {
      readonly kind: 'sendOtlp';
      readonly endpoint: string;
      readonly connections: number;
      /** Which of the prepared requests, in order; all when absent. */
      readonly from?: number;
      readonly to?: number;
      /** Spans a second to offer; as fast as the receiver answers when absent. */
      readonly rate?: number;
    }
  | { readonly kind: 'prepareDatagrams'; readonly seed: number; readonly count: number }
  | {
      readonly kind: 'sendDatagrams';
      readonly host: string;
      readonly port: number;
      readonly from: number;
      readonly to: number;
      /** Datagrams a second; all at once when absent. */
      readonly rate?: number;
    }
  | { readonly kind: 'connectReports'; readonly endpoint: string; readonly clients: number }
  /** Over the connections that were made last. */
  | { readonly kind: 'sendReports'; readonly seconds: number };

export type LoadReply =
  | { readonly kind: 'prepared'; readonly requests: number; readonly bytes: number }
  | { readonly kind: 'otlpSent'; readonly report: OtlpReport }
  | { readonly kind: 'datagramsSent'; readonly report: DatagramReport }
  | { readonly kind: 'reportsConnected' }
  | { readonly kind: 'reportsSent'; readonly report: ReportsReport }
  | { readonly kind: 'failed'; readonly message: string };

export interface OtlpReport {
  readonly seconds: number;
  /** Spans in requests that got a 2xx; partial success is not looked into, the hub's own counts are compared instead. */
  readonly acknowledgedSpans: number;
  /** Answer codes, and `lost` for requests whose connection broke before the answer. */
  readonly codes: Readonly<Record<string, number>>;
  readonly ackP50Millis: number;
  readonly ackP99Millis: number;
  /** Numbers of the requests that got a 2xx, only where some did not. */
  readonly acknowledged?: readonly number[];
  /** CPU time that this process used meanwhile, in seconds: its share of the machine. */
  readonly cpuSeconds: number;
}

export interface DatagramReport {
  readonly seconds: number;
  readonly sent: number;
  readonly failed: number;
  readonly cpuSeconds: number;
}

export interface ReportsReport {
  readonly seconds: number;
  /** Answer codes, and `lost` for reports whose connection broke before the answer. */
  readonly codes: Readonly<Record<string, number>>;
}
