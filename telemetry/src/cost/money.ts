declare const unit: unique symbol;

/** Billionths of a US dollar: a single X-Ray trace costs 5,000 of them, so that sums stay exact. */
export type NanoDollars = bigint & { readonly [unit]: 'NanoDollars' };

const nanosPerDollar = 1_000_000_000n;

/** Brands a count of billionths of a US dollar. */
export function nanoDollars(nanos: bigint): NanoDollars {
  return nanos as NanoDollars;
}

/** Reads dollars as people write them, such as `0.000005`: digits with at most nine decimals; `undefined` for anything else. */
export function parseDollars(text: string): NanoDollars | undefined {
  const [, whole = '', decimals = ''] = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text.trim()) ?? [];
  return whole === '' ? undefined : nanoDollars(BigInt(whole) * nanosPerDollar + BigInt(decimals.padEnd(9, '0')));
}

/** Dollars with cents, such as `$1,234.50`; what is less than a cent and not nothing is `<$0.01`. */
export function renderDollars(amount: NanoDollars): string {
  const perCent = nanosPerDollar / 100n;
  if (amount > 0n && amount < perCent) {
    return '<$0.01';
  }
  const cents = (amount + perCent / 2n) / perCent;
  return `$${(cents / 100n).toLocaleString('en-US')}.${String(cents % 100n).padStart(2, '0')}`;
}

/** A price as it is published: every decimal that is not zero, at least two, such as `$0.000005`. */
export function renderPrice(amount: NanoDollars): string {
  const decimals = String(amount % nanosPerDollar)
    .padStart(9, '0')
    .replace(/0+$/, '')
    .padEnd(2, '0');
  return `$${(amount / nanosPerDollar).toLocaleString('en-US')}.${decimals}`;
}
