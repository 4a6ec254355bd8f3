import type { JsonValue, SpanJson } from '@sightline/hub/client/api';
import type { DrawnRow } from './traceRows.ts';
import { annotationFilter } from './traceFilterText.ts';
import type { TracesNode } from './tracesNodes.ts';

/** What a span says of itself beside its times: told apart by whether a filter can ask for it. */
export interface SpanFacts {
  /** X-Ray indexes these, and of an OTel span every attribute that is a text, a number or a boolean. */
  readonly annotations: ReadonlyMap<string, string | number | boolean>;
  /** X-Ray keeps and shows these, and no filter can ask for them. */
  readonly metadata: ReadonlyMap<string, JsonValue>;
}

/** A row about what a span says of itself. */
export type FactNode = FactGroupNode | FactItemNode;

interface FactGroupNode {
  readonly kind: 'annotations' | 'metadata';
  readonly traceId: string;
  readonly spanKey: string;
  readonly spanId: string;
}

interface FactItemNode {
  readonly kind: 'annotation' | 'metadatum';
  readonly traceId: string;
  readonly spanKey: string;
  readonly spanId: string;
  readonly key: string;
}

/** Facts of a kind that a span shows; more are in its document. */
const mostFacts = 200;

export function toSpanFacts({ source, annotations, attributes, metadata }: SpanJson): SpanFacts {
  const filterable = new Map<string, string | number | boolean>(Object.entries(annotations ?? {}));
  const others = new Map<string, JsonValue>();
  for (const [namespace, value] of Object.entries(metadata ?? {})) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, inner] of Object.entries(value)) {
        others.set(namespace === 'default' ? key : `${namespace}.${key}`, inner);
      }
    } else {
      others.set(namespace, value);
    }
  }
  if (source === 'otlp') {
    for (const [key, value] of Object.entries(attributes ?? {})) {
      if (typeof value === 'object') {
        others.set(key, value);
      } else if (!filterable.has(key)) {
        filterable.set(key, value);
      }
    }
  }
  return { annotations: filterable, metadata: others };
}

/** The rows below a span that lead to its facts. */
export function factNodesOf(
  facts: SpanFacts | undefined,
  { traceId, spanKey, spanId }: { readonly traceId: string; readonly spanKey: string; readonly spanId: string },
): readonly FactNode[] {
  return (['annotations', 'metadata'] as const)
    .filter((kind) => (facts?.[kind].size ?? 0) > 0)
    .map((kind) => ({ kind, traceId, spanKey, spanId }));
}

/** The rows below such a row. */
export function childrenOfFacts(facts: SpanFacts | undefined, node: FactNode): readonly FactNode[] {
  const { traceId, spanKey, spanId } = node;
  switch (node.kind) {
    case 'annotations':
    case 'metadata': {
      const kind = node.kind === 'annotations' ? 'annotation' : 'metadatum';
      const keys = [...(facts?.[node.kind].keys() ?? [])].slice(0, mostFacts);
      return keys.map((key) => ({ kind, traceId, spanKey, spanId, key }));
    }
    case 'annotation':
    case 'metadatum':
      return [];
  }
}

export function parentOfFact({ kind, traceId, spanKey, spanId }: FactNode): TracesNode {
  switch (kind) {
    case 'annotation':
      return { kind: 'annotations', traceId, spanKey, spanId };
    case 'metadatum':
      return { kind: 'metadata', traceId, spanKey, spanId };
    case 'annotations':
    case 'metadata':
      return { kind: 'span', traceId, spanKey, spanId };
  }
}

export function factNodeIdOf(node: FactNode): string {
  const place = `${node.traceId}/${node.spanKey}/${node.kind}`;
  return 'key' in node ? `${place}/${node.key}` : place;
}

/** What such a row shows; `undefined` for a fact that has gone meanwhile. */
export function drawFact(facts: SpanFacts | undefined, node: FactNode): DrawnRow | undefined {
  switch (node.kind) {
    case 'annotations':
      return drawGroup(`Annotations (${facts?.annotations.size ?? 0})`, 'can be filtered', 'tag', node.kind);
    case 'metadata':
      return drawGroup(`Metadata (${facts?.metadata.size ?? 0})`, 'cannot be filtered', 'note', node.kind);
    case 'annotation': {
      const value = facts?.annotations.get(node.key);
      return value === undefined ? undefined : drawItem(node.key, String(value), 'filter', node.kind);
    }
    case 'metadatum': {
      const value = facts?.metadata.get(node.key);
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return value === undefined ? undefined : drawItem(node.key, text ?? '', 'symbol-constant', node.kind);
    }
  }
}

/** What hovering over such a row tells, as plain text. */
export function factTooltipOf(facts: SpanFacts | undefined, node: FactNode): string | undefined {
  switch (node.kind) {
    case 'annotations':
      return 'X-Ray indexes annotations, so filters can ask for them. Click one to filter by it.';
    case 'metadata':
      return 'X-Ray does not index metadata: it is kept and shown, but no filter can ask for it. Record what is to be found as an annotation.';
    case 'annotation': {
      const value = facts?.annotations.get(node.key);
      return value === undefined ? undefined : `Click to filter: ${annotationFilter(node.key, value)}`;
    }
    case 'metadatum': {
      const value = facts?.metadata.get(node.key);
      const text = JSON.stringify(value, undefined, 2)?.slice(0, 1000) ?? '';
      return `Metadata, which X-Ray does not index: no filter can ask for it. Its value: ${text}`;
    }
  }
}

function drawGroup(label: string, description: string, icon: string, context: string): DrawnRow {
  return {
    label,
    description,
    icon,
    tint: undefined,
    spoken: `${label}, ${description}`,
    context,
    expansion: 'collapsed',
  };
}

function drawItem(key: string, value: string, icon: string, context: string): DrawnRow {
  const shown = value.replaceAll(/\s+/g, ' ').slice(0, 200);
  const spoken = `${key}, ${shown}, ${context === 'annotation' ? 'filter by it' : 'metadata, cannot be filtered'}`;
  return { label: key, description: shown, icon, tint: undefined, spoken, context, expansion: 'none' };
}
