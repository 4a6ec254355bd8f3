import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DatagramReport, LoadReply, LoadRequest, OtlpReport, ReportsReport } from './messages.ts';
import type { LoadPlan } from './otlpBodies.ts';

type OtlpSend = Omit<Extract<LoadRequest, { kind: 'sendOtlp' }>, 'kind'>;
type DatagramSend = Omit<Extract<LoadRequest, { kind: 'sendDatagrams' }>, 'kind'>;

/** The load process as the bench sees it. Every method rejects when the process ends or reports a failure. */
export class LoadChild {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static start(): LoadChild {
    return new LoadChild(fork(fileURLToPath(new URL('loadProcess.ts', import.meta.url)), { execArgv: [] }));
  }

  get pid(): number {
    return this.#child.pid ?? Number.NaN;
  }

  async prepareOtlp(plan: LoadPlan): Promise<{ requests: number; bytes: number }> {
    const reply = await this.#ask({ kind: 'prepareOtlp', plan });
    return expectKind(reply, 'prepared');
  }

  async sendOtlp(send: OtlpSend): Promise<OtlpReport> {
    return expectKind(await this.#ask({ kind: 'sendOtlp', ...send }), 'otlpSent').report;
  }

  async prepareDatagrams(seed: number, count: number): Promise<{ requests: number; bytes: number }> {
    return expectKind(await this.#ask({ kind: 'prepareDatagrams', seed, count }), 'prepared');
  }

  async sendDatagrams(send: DatagramSend): Promise<DatagramReport> {
    return expectKind(await this.#ask({ kind: 'sendDatagrams', ...send }), 'datagramsSent').report;
  }

  async connectReports({ endpoint, clients }: { readonly endpoint: string; readonly clients: number }): Promise<void> {
    expectKind(await this.#ask({ kind: 'connectReports', endpoint, clients }), 'reportsConnected');
  }

  async sendReports({ seconds }: { readonly seconds: number }): Promise<ReportsReport> {
    return expectKind(await this.#ask({ kind: 'sendReports', seconds }), 'reportsSent').report;
  }

  end(): void {
    this.#child.disconnect();
  }

  #ask(request: LoadRequest): Promise<LoadReply> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => reject(new Error(`The load process ended with code ${code}.`));
      this.#child.once('exit', onExit);
      this.#child.once('message', (reply: LoadReply) => {
        this.#child.off('exit', onExit);
        resolve(reply);
      });
      this.#child.send(request);
    });
  }
}

function expectKind<K extends LoadReply['kind']>(reply: LoadReply, kind: K): Extract<LoadReply, { kind: K }> {
  if (reply.kind !== kind) {
    throw new Error(
      reply.kind === 'failed' ? `The load process failed: ${reply.message}` : `Unexpected ${reply.kind}.`,
    );
  }
  return reply as Extract<LoadReply, { kind: K }>;
}
