import { createSocket } from 'node:dgram';
import type { DatagramReport } from './messages.ts';

export interface DatagramOptions {
  readonly host: string;
  readonly port: number;
  /** Datagrams a second, sent in a small run every millisecond; all in one run when absent. */
  readonly rate?: number;
}

/** Sends every datagram once. A send that the system refuses is counted, not repeated. */
export async function sendDatagrams(datagrams: readonly Buffer[], options: DatagramOptions): Promise<DatagramReport> {
  const socket = createSocket({ type: 'udp4', sendBufferSize: 4 << 20 });
  await new Promise<void>((resolve) => socket.connect(options.port, options.host, resolve));
  const counts = { handed: 0, done: 0, failed: 0 };
  const cpu = process.cpuUsage();
  const start = performance.now();
  await new Promise<void>((resolve) => {
    const onSent = (error: Error | null): void => {
      counts.done += 1;
      counts.failed += error === null ? 0 : 1;
      if (counts.done === datagrams.length) {
        resolve();
      }
    };
    const sendDue = (): void => {
      const due = options.rate === undefined ? datagrams.length : ((performance.now() - start) / 1_000) * options.rate;
      for (const datagram of datagrams.slice(counts.handed, Math.min(Math.ceil(due), datagrams.length))) {
        socket.send(datagram, onSent);
        counts.handed += 1;
      }
      if (counts.handed < datagrams.length) {
        setTimeout(sendDue, 1);
      }
    };
    sendDue();
  });
  const seconds = (performance.now() - start) / 1_000;
  const used = process.cpuUsage(cpu);
  socket.close();
  return {
    seconds,
    sent: counts.done - counts.failed,
    failed: counts.failed,
    cpuSeconds: (used.user + used.system) / 1e6,
  };
}
