import { bad, type ServiceRow } from './serviceRow.ts';

/**
 * Puts what a destination costs into the row that says what was sent there, so that each has one row; what is left below Cost is its sum.
 * Without the rows of destinations those of the costs stay as they are.
 */
export function withCosts(
  destinations: ServiceRow | undefined,
  costs: readonly ServiceRow[],
): { readonly destinations: ServiceRow | undefined; readonly costs: readonly ServiceRow[] } {
  if (destinations === undefined) {
    return { destinations, costs };
  }
  const byId = new Map(costs.flatMap(({ children }) => children.map((child) => [child.id, child])));
  const children = destinations.children.map((row) => {
    const cost = byId.get(`cost.${row.destination}`);
    return cost === undefined ? row : joined(row, cost);
  });
  return { destinations: { ...destinations, children }, costs: costs.map((row) => ({ ...row, children: [] })) };
}

function joined(row: ServiceRow, cost: ServiceRow): ServiceRow {
  // What did not arrive is worse than what it costs.
  const { icon, color } = row.color !== bad.color && cost.color !== undefined ? cost : row;
  return {
    ...row,
    icon,
    ...(color !== undefined && { color }),
    description: `${row.description} · ${cost.description}`,
    tooltip: [row.tooltip, cost.tooltip].filter((text) => text !== undefined && text !== '').join('\n\n'),
    context: `${row.context} ${cost.context}`,
    children: cost.children,
  };
}
