export function isIpV4(text: string): boolean {
  return parseIpV4(text) !== undefined;
}

export function isIpV6(text: string): boolean {
  return parseIpV6(text) !== undefined;
}

/** Whether an address is in a subnet in CIDR notation of the same version. */
export function isInSubnet(address: string, subnet: string): boolean {
  const [, network = '', prefix = ''] = /^([^/]+)\/(\d{1,3})$/.exec(subnet) ?? [];
  const isV4 = isIpV4(address);
  const addressBytes = isV4 ? parseIpV4(address) : parseIpV6(address);
  const networkBytes = isV4 ? parseIpV4(network) : parseIpV6(network);
  if (addressBytes === undefined || networkBytes === undefined || Number(prefix) > addressBytes.length * 8) {
    return false;
  }
  return bitsOf(addressBytes).slice(0, Number(prefix)) === bitsOf(networkBytes).slice(0, Number(prefix));
}

function bitsOf(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
}

function parseIpV4(text: string): readonly number[] | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts?.every((part) => part <= 255) === true ? parts : undefined;
}

function parseIpV6(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || !/^[0-9A-Fa-f:.]+$/.test(text)) {
    return undefined;
  }
  const [head, tail] = halves.map(parseGroups);
  if (head === undefined || (halves.length === 2 && tail === undefined)) {
    return undefined;
  }
  if (tail === undefined) {
    return head.length === 16 ? head : undefined;
  }
  const gap = 16 - head.length - tail.length;
  return gap < 2 ? undefined : [...head, ...Array.from({ length: gap }, () => 0), ...tail];
}

/** The bytes of groups between colons, of which the last may be an IPv4 address. */
function parseGroups(text: string): readonly number[] | undefined {
  const bytes: number[] = [];
  const groups = text === '' ? [] : text.split(':');
  for (const [index, group] of groups.entries()) {
    const v4 = index === groups.length - 1 ? parseIpV4(group) : undefined;
    if (v4 !== undefined) {
      bytes.push(...v4);
    } else if (/^[0-9A-Fa-f]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else {
      return undefined;
    }
  }
  return bytes;
}
