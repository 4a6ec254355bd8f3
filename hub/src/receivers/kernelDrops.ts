import { readFile } from 'node:fs/promises';

/**
 * How many datagrams the kernel has dropped because the receive buffer of the socket on a UDP port was full: the last column
 * of its line in /proc/net/udp (Linux, net/ipv4/udp.c). 0 where the system does not say.
 */
export async function readKernelDrops(port: number): Promise<number> {
  if (process.platform !== 'linux') {
    return 0;
  }
  const tables = await Promise.all(
    ['/proc/net/udp', '/proc/net/udp6'].map((table) => readFile(table, 'utf8').catch(() => '')),
  );
  return tables.reduce((sum, table) => sum + dropsIn(table, port), 0);
}

/** The drops of a port in the text of one table. */
export function dropsIn(table: string, port: number): number {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local]) => local?.endsWith(wanted))
    .reduce((sum, columns) => sum + (Number(columns.at(-1)) || 0), 0);
}
