import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Wire } from '../../contracts/peer.ts';
import type { ServiceMapChoice, ServiceMapMemory } from '../../contracts/serviceMap.ts';
import { renderEmpty } from './emptyMap.ts';
import { renderMapBar } from './mapBar.ts';
import { renderCanvas } from './mapCanvas.ts';
import { renderEdgeDetails, renderNodeDetails, type DetailsEvents } from './mapDetails.ts';
import { renderLegend } from './mapLegend.ts';
import { mapActionOf, type MapAction } from './mapMoves.ts';
import { MapSight } from './mapSight.ts';
import { renderMapTable } from './mapTable.ts';
import { mapSentence } from './sentences.ts';
import { ServiceMapModel, type LayOut, type MapDrawing, type MapSelection } from './serviceMapModel.ts';
import { styles } from './styles.ts';

/** Below it nothing but rings and names could be read. */
const smallestWithFigures = 0.5;
/** Pixels that the pointer must go before a press is a drag. */
const dragStart = 4;

/** The service map: a bar, the map or its table, and the details of what is selected. */
export class ServiceMapElement extends LitElement {
  static override readonly styles = styles;

  #model: ServiceMapModel | undefined;
  #memory: ServiceMapMemory | undefined;
  #remember: (memory: ServiceMapMemory) => void = () => undefined;
  readonly #sight = new MapSight(() => this.#applySight());
  readonly #resized = new ResizeObserver(() => this.#onResize());
  #drawn: MapDrawing['layout'] | undefined;
  #typed: string | undefined;
  #isTable = false;
  #mustFocus: 'node' | 'details' | undefined;
  #drag: { readonly pointerId: number; x: number; y: number; isMoving: boolean } | undefined;

  /** Begins the conversation with the editor; `remember` keeps how the map is looked at for when it is shown again. */
  connect(wire: Wire, layOut: LayOut, memory: ServiceMapMemory, remember: (memory: ServiceMapMemory) => void): void {
    this.#memory = memory;
    this.#remember = remember;
    this.#isTable = memory.look?.isTable === true;
    if (memory.look?.viewport !== undefined) {
      this.#sight.restore(memory.look.viewport);
    }
    this.#model = new ServiceMapModel(wire, layOut, () => this.requestUpdate());
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#model?.dispose();
    this.#resized.disconnect();
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const canvas = this.#canvas;
    if (canvas !== null) {
      // Does nothing for an element that is observed already.
      this.#resized.observe(canvas);
      if (this.#drawn !== this.#model?.drawing?.layout) {
        this.#drawn = this.#model?.drawing?.layout;
        this.#sight.refit(this.#model?.drawing);
      }
      this.#applySight();
    }
    this.#applyFocus();
    this.#keep();
  }

  protected override render(): unknown {
    const model = this.#model;
    if (model === undefined) {
      return nothing;
    }
    const { scope, choice, drawing } = model;
    const isEmpty = drawing === undefined || drawing.graph.nodes.length === 0 || model.state === 'off';
    return html`${renderMapBar(
        { choice, traceId: scope.traceId, typed: this.#typed, isTable: this.#isTable },
        {
          type: (typed) => {
            this.#typed = typed;
            this.requestUpdate();
          },
          choose: (chosen) => this.#choose(chosen),
          showTable: (isTable) => {
            this.#isTable = isTable;
            this.requestUpdate();
          },
        },
      )}
      <div class="status">${statusOf(model)}</div>
      <div class="content">
        ${isEmpty ? renderEmpty(model, (chosen) => this.#choose(chosen)) : this.#renderMap(model, drawing)}
        ${isEmpty ? nothing : this.#renderDetails(model, drawing)}
      </div>`;
  }

  #renderMap(model: ServiceMapModel, { graph, layout }: MapDrawing): TemplateResult {
    if (this.#isTable) {
      return renderMapTable(graph, layout.order, model.rate, model.selection, (selection) => this.#open(selection));
    }
    return html`<div
        class="canvas"
        role="application"
        aria-roledescription="service map"
        aria-label=${mapSentence(graph, model.rate)}
        @keydown=${(event: KeyboardEvent) => this.#onKey(event, model)}
        @click=${(event: MouseEvent) => this.#onClick(event, model)}
        @focusin=${(event: FocusEvent) => onFocus(event, model)}
        @pointerdown=${(event: PointerEvent) => this.#onPointerDown(event)}
        @pointermove=${(event: PointerEvent) => this.#onPointerMove(event)}
        @pointerup=${() => this.#onPointerUp()}
        @pointercancel=${() => this.#onPointerUp()}
        @wheel=${{ handleEvent: (event: WheelEvent) => this.#onWheel(event), passive: false }}
      >
        <div class="world">${renderCanvas(model)}</div>
      </div>
      <div class="zoom" role="group" aria-label="Zoom">
        <button type="button" aria-label="Zoom in" title="Zoom in (+)" @click=${() => this.#sight.zoom(1)}>+</button>
        <button type="button" aria-label="Zoom out" title="Zoom out (-)" @click=${() => this.#sight.zoom(-1)}>−</button>
        <button
          type="button"
          aria-label="Show the whole map"
          title="Show the whole map (0)"
          @click=${() => this.#sight.fit(model.drawing)}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path class="icon" d="M2.5 6v-3.5h3.5M10 2.5h3.5v3.5M13.5 10v3.5h-3.5M6 13.5h-3.5v-3.5" />
          </svg>
        </button>
      </div>
      ${renderLegend()}`;
  }

  #renderDetails(model: ServiceMapModel, { graph }: MapDrawing): unknown {
    const events: DetailsEvents = {
      select: (selection) => this.#open(selection),
      filterTraces: (expression) => void model.filterTraces(expression),
      close: () => this.#close(model),
    };
    const { selectedNode, selectedEdge, rate } = model;
    return selectedNode !== undefined
      ? renderNodeDetails(selectedNode, graph, rate, events)
      : selectedEdge !== undefined
        ? renderEdgeDetails(selectedEdge, graph, rate, events)
        : nothing;
  }

  #choose(choice: ServiceMapChoice): void {
    this.#typed = undefined;
    void this.#model?.choose(choice);
  }

  #open(selection: MapSelection): void {
    this.#mustFocus = 'details';
    this.#model?.select(selection);
  }

  #close(model: ServiceMapModel): void {
    this.#mustFocus = 'node';
    model.select(undefined);
  }

  #onKey(event: KeyboardEvent, model: ServiceMapModel): void {
    const action = mapActionOf(event);
    if (action !== undefined) {
      event.preventDefault();
      this.#act(action, model);
    }
  }

  #act(action: MapAction, model: ServiceMapModel): void {
    switch (action.kind) {
      case 'move':
        this.#mustFocus = 'node';
        model.moveFocus(action.to);
        return;
      case 'find':
        this.#mustFocus = 'node';
        model.findByLetter(action.letter);
        return;
      case 'open':
        if (model.focused !== undefined) {
          this.#open({ kind: 'node', key: model.focused });
        }
        return;
      case 'close':
        this.#close(model);
        return;
      case 'fit':
        this.#sight.fit(model.drawing);
        return;
      case 'actualSize':
        this.#sight.actualSize();
        return;
      case 'zoom':
        this.#sight.zoom(action.direction);
        return;
      case 'pan':
        this.#sight.pan(action.x, action.y);
        return;
    }
  }

  #onClick(event: MouseEvent, model: ServiceMapModel): void {
    const target = event.target as Element;
    const node = target.closest<HTMLElement>('.node')?.dataset['key'];
    const edge = target.closest<SVGElement>('.edge')?.dataset['edge'];
    if (node !== undefined) {
      model.select({ kind: 'node', key: node });
    } else if (edge !== undefined) {
      model.select({ kind: 'edge', key: edge });
    } else if (this.#drag?.isMoving !== true) {
      model.select(undefined);
    }
    this.#drag = undefined;
  }

  #onPointerDown(event: PointerEvent): void {
    if (event.button === 0 && (event.target as Element).closest('.node') === null) {
      this.#drag = { pointerId: event.pointerId, x: event.clientX, y: event.clientY, isMoving: false };
    }
  }

  #onPointerMove({ pointerId, clientX, clientY, buttons }: PointerEvent): void {
    const drag = this.#drag;
    if (drag === undefined || drag.pointerId !== pointerId || buttons !== 1) {
      return;
    }
    const [x, y] = [clientX - drag.x, clientY - drag.y];
    if (!drag.isMoving && Math.hypot(x, y) < dragStart) {
      return;
    }
    drag.isMoving = true;
    this.#canvas?.setPointerCapture(pointerId);
    this.#canvas?.classList.add('dragging');
    drag.x = clientX;
    drag.y = clientY;
    this.#sight.drag(x, y);
  }

  #onPointerUp(): void {
    this.#canvas?.classList.remove('dragging');
    this.#keep();
  }

  #onWheel(event: WheelEvent): void {
    event.preventDefault();
    const box = this.#canvas?.getBoundingClientRect();
    this.#sight.wheel(event, { x: event.clientX - (box?.x ?? 0), y: event.clientY - (box?.y ?? 0) });
  }

  #onResize(): void {
    const canvas = this.#canvas;
    if (canvas !== null) {
      this.#sight.size = { width: canvas.clientWidth, height: canvas.clientHeight };
      this.#sight.refit(this.#model?.drawing);
    }
  }

  /** By hand: moving the map draws nothing anew. */
  #applySight(): void {
    const world = this.renderRoot.querySelector<HTMLElement>('.world');
    if (world !== null) {
      const { x, y, scale } = this.#sight.viewport;
      world.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
      world.style.setProperty('--scale', String(scale));
      world.classList.toggle('far', scale < smallestWithFigures);
      world.classList.toggle('crowded', (this.#model?.drawing?.graph.edges.length ?? 0) > 80);
    }
  }

  #applyFocus(): void {
    const wanted = this.#mustFocus;
    this.#mustFocus = undefined;
    if (wanted === 'details') {
      this.renderRoot.querySelector<HTMLElement>('#details-title')?.focus();
    } else if (wanted === 'node') {
      const { focused, drawing } = this.#model ?? {};
      if (focused !== undefined) {
        this.#sight.bringIntoSight(focused, drawing);
      }
      const selector = this.#isTable ? 'data-row' : 'data-key';
      const elements = this.renderRoot.querySelectorAll<HTMLElement>(`[${selector}]`);
      [...elements].find((each) => each.getAttribute(selector) === focused)?.focus({ preventScroll: !this.#isTable });
    }
  }

  #keep(): void {
    const { viewport, isFitted } = this.#sight;
    if (this.#memory !== undefined && this.#model !== undefined && this.#model.state !== 'loading') {
      const { scope, choice } = this.#model;
      this.#remember({ scope, choice, look: { isTable: this.#isTable, ...(!isFitted && { viewport }) } });
    }
  }

  get #canvas(): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>('.canvas');
  }
}

/** Only what was done is read out as it changes: figures change every second. */
function statusOf(model: ServiceMapModel): TemplateResult {
  const { drawing, rate, scope, state, trouble, said, layingOut } = model;
  const isLive = state === 'map' && scope.traceId === undefined;
  return html`${drawing === undefined || state === 'off' ? nothing : html`<span>${mapSentence(drawing.graph, rate)}</span>`}
    ${isLive ? html`<span><span class="dot"></span>Live</span>` : nothing}
    ${layingOut === undefined || layingOut < 50 ? nothing : html`<span>Laying out ${layingOut} services…</span>`}
    <span role="status">${said}</span>
    ${trouble === undefined ? nothing : html`<span class="trouble" role="alert">${trouble}</span>`}`;
}

function onFocus(event: FocusEvent, model: ServiceMapModel): void {
  const key = (event.target as Element).closest<HTMLElement>('.node')?.dataset['key'];
  if (key !== undefined) {
    model.focus(key);
  }
}
