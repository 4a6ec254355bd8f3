import { Peer, PeerError, type Answers, type Wire } from '../../contracts/peer.ts';
import {
  defaultMapChoice,
  type ServiceMapChoice,
  type ServiceMapNews,
  type ServiceMapQuestions,
  type ServiceMapScope,
  type ServiceMapView,
} from '../../contracts/serviceMap.ts';
import type { Rate } from './figures.ts';
import { graphOf, type MapEdge, type MapGraph, type MapNode } from './mapGraph.ts';
import { isSameLayoutInput, layoutInputOf, type LayoutInput, type MapLayout } from './mapLayout.ts';
import { focusAfter, focusByLetter, type MapMove } from './mapMoves.ts';

/** Answers `undefined` where a later map has taken this one's place. */
export type LayOut = (input: LayoutInput) => Promise<MapLayout | undefined>;

export interface MapDrawing {
  readonly graph: MapGraph;
  readonly layout: MapLayout;
}

/** A node or an edge, by its key. */
export interface MapSelection {
  readonly kind: 'node' | 'edge';
  readonly key: string;
}

/** What the map shows and has said, without a document. */
export class ServiceMapModel {
  scope: ServiceMapScope = {};
  choice: ServiceMapChoice = defaultMapChoice;
  /** `loading` until the first answer. */
  state: ServiceMapView['kind'] | 'loading' = 'loading';
  /** Why what is shown is not new, or not there. */
  trouble: string | undefined;
  drawing: MapDrawing | undefined;
  /** How many services are being laid out, while that takes its time. */
  layingOut: number | undefined;
  selection: MapSelection | undefined;
  /** The node that the keyboard is on. */
  focused: string | undefined;
  /** For the status line: what was done last. */
  said = '';
  readonly #peer: Peer<ServiceMapNews, ServiceMapQuestions>;
  readonly #layOut: LayOut;
  readonly #onChange: () => void;
  /** What the layout that is drawn was made of, and the one that is under way. */
  #drawn: LayoutInput | undefined;
  #coming: LayoutInput | undefined;
  #graph: MapGraph | undefined;

  constructor(wire: Wire, layOut: LayOut, onChange: () => void) {
    this.#layOut = layOut;
    this.#onChange = onChange;
    this.#peer = new Peer<ServiceMapNews, ServiceMapQuestions>(wire, this.#answers);
    void this.#begin();
  }

  readonly #answers: Answers<ServiceMapNews> = {
    viewChanged: (view) => {
      void this.#try(() => this.#show(view));
      return undefined;
    },
    restarted: () => {
      void this.#begin();
      return undefined;
    },
  };

  get rate(): Rate {
    return this.scope.traceId === undefined ? { kind: 'perMinute', minutes: this.choice.minutes } : { kind: 'count' };
  }

  get selectedNode(): MapNode | undefined {
    return this.selection?.kind === 'node' ? this.drawing?.graph.byKey.get(this.selection.key) : undefined;
  }

  get selectedEdge(): MapEdge | undefined {
    const { selection } = this;
    return selection?.kind === 'edge' ? this.drawing?.graph.edges.find(({ key }) => key === selection.key) : undefined;
  }

  dispose(): void {
    this.#peer.dispose();
  }

  async choose(choice: ServiceMapChoice): Promise<void> {
    this.choice = choice;
    this.said = '';
    this.#onChange();
    await this.#try(async () => {
      const view = await this.#peer.ask('choose', choice);
      if (choice === this.choice) {
        await this.#show(view);
      }
    });
  }

  async filterTraces(expression: string): Promise<void> {
    await this.#try(async () => {
      await this.#peer.ask('filterTraces', { expression });
      this.said = `The Traces view shows ${expression}`;
      this.#onChange();
    });
  }

  async start(): Promise<void> {
    await this.#try(() => this.#peer.ask('start', undefined));
  }

  select(selection: MapSelection | undefined): void {
    this.selection = selection;
    if (selection?.kind === 'node') {
      this.focused = selection.key;
    }
    this.#onChange();
  }

  focus(key: string): void {
    if (this.focused !== key) {
      this.focused = key;
      this.#onChange();
    }
  }

  moveFocus(move: MapMove): void {
    if (this.drawing !== undefined) {
      this.focused = focusAfter(move, this.focused, this.drawing.graph, this.drawing.layout);
      this.#onChange();
    }
  }

  findByLetter(letter: string): void {
    if (this.drawing !== undefined) {
      this.focused = focusByLetter(letter, this.focused, this.drawing.graph, this.drawing.layout);
      this.#onChange();
    }
  }

  async #begin(): Promise<void> {
    await this.#try(async () => {
      const { scope, choice, view } = await this.#peer.ask('begin', undefined);
      this.scope = scope;
      this.choice = choice;
      await this.#show(view);
    });
  }

  async #show(view: ServiceMapView): Promise<void> {
    this.state = view.kind;
    this.trouble = view.kind === 'failed' ? view.message : undefined;
    if (view.kind !== 'map') {
      this.#onChange();
      return;
    }
    const graph = graphOf(view.map);
    const input = layoutInputOf(graph);
    this.#graph = graph;
    if (this.drawing !== undefined && isSameLayoutInput(this.#drawn, input)) {
      this.#coming = undefined;
      this.layingOut = undefined;
      this.#draw({ graph, layout: this.drawing.layout });
    } else if (!isSameLayoutInput(this.#coming, input)) {
      await this.#layOutAndDraw(input);
    }
  }

  async #layOutAndDraw(input: LayoutInput): Promise<void> {
    this.#coming = input;
    this.layingOut = input.nodes.length;
    this.#onChange();
    try {
      const layout = await this.#layOut(input);
      // Meanwhile the numbers may be others; and the services too, which then are laid out by another call.
      if (layout !== undefined && this.#coming === input && this.#graph !== undefined) {
        this.#drawn = input;
        this.#draw({ graph: this.#graph, layout });
      }
    } finally {
      if (this.#coming === input) {
        this.#coming = undefined;
        this.layingOut = undefined;
        this.#onChange();
      }
    }
  }

  #draw(drawing: MapDrawing): void {
    this.drawing = drawing;
    const { graph, layout } = drawing;
    if (this.selectedNode === undefined && this.selectedEdge === undefined) {
      this.selection = undefined;
    }
    if (this.focused === undefined || !graph.byKey.has(this.focused)) {
      this.focused = layout.order[0];
    }
    this.#onChange();
  }

  /** What the other side refuses is shown in its words. */
  async #try(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.trouble = error instanceof PeerError ? error.message : String(error);
      this.#onChange();
    }
  }
}
