import { actions, type Action } from './actions.ts';
import { postsOf, renderPosts } from './feed.ts';
import { tracedFetch, type TracedReply } from './tracedFetch.ts';

const navigation = elementOf('actions');
const title = elementOf('result-title');
const outcome = elementOf('outcome');
const items = elementOf('items');

for (const action of actions) {
  navigation.append(renderAction(action));
}
// The feed is there without a click, as in any such app: the first trace.
navigation.querySelector('button')?.click();
void showAnnouncement();

function elementOf(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) {
    throw new Error(`The page has no element "${id}".`);
  }
  return element;
}

function renderAction(action: Action): HTMLElement {
  const form = document.createElement('form');
  form.className = 'action';
  const row = document.createElement('div');
  row.className = 'row';
  const input = action.input && renderInput(action.id, action.input.value);
  const button = document.createElement('button');
  button.textContent = action.label;
  button.id = action.id;
  row.append(...(input ? [input] : []), button);
  const trace = document.createElement('p');
  trace.className = 'trace';
  if (action.input) {
    form.append(renderLabel(action.id, action.input.label));
  }
  form.append(row, trace);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void perform(action, input?.value ?? '', button, trace);
  });
  return form;
}

function renderInput(id: string, value: string): HTMLInputElement {
  const input = document.createElement('input');
  input.id = `${id}-input`;
  input.value = value;
  return input;
}

function renderLabel(id: string, text: string): HTMLLabelElement {
  const label = document.createElement('label');
  label.htmlFor = `${id}-input`;
  label.textContent = text;
  return label;
}

async function perform(action: Action, input: string, button: HTMLElement, trace: HTMLElement): Promise<void> {
  button.setAttribute('aria-busy', 'true');
  const reply = await tracedFetch({ ...action.request(input), action: action.label });
  button.removeAttribute('aria-busy');
  const id = document.createElement('code');
  id.textContent = reply.traceId;
  trace.replaceChildren('trace ', id);
  showReply(action, reply);
}

function showReply(action: Action, { status, milliseconds, body }: TracedReply): void {
  title.textContent = action.label;
  const strong = document.createElement('strong');
  strong.className = status !== undefined && status < 400 ? 'good' : 'bad';
  strong.textContent = status === undefined ? 'no answer' : String(status);
  outcome.replaceChildren(strong, ` in ${Math.round(milliseconds)} ms${remarkOn(status, body)}`);
  items.replaceChildren(...renderPosts(postsOf(body)));
}

/** What the answer itself does not show. */
function remarkOn(status: number | undefined, body: unknown): string {
  if (status === undefined) {
    return '. Is the backend running?';
  }
  if (status === 500) {
    return '. The trace leads to the line of code that threw.';
  }
  if (status >= 400) {
    const { errors = [] } = (body ?? {}) as { readonly errors?: readonly string[] };
    return `: ${errors.join(', ')}`;
  }
  if (typeof body === 'object' && body !== null && 'sent' in body) {
    return body.sent === true
      ? ', a warning is on its way'
      : `, nothing sent: ${'reason' in body ? String(body.reason) : ''}`;
  }
  return postsOf(body).length === 0 ? ', nothing found' : '';
}

async function showAnnouncement(): Promise<void> {
  const { body } = await tracedFetch({ action: 'Open the page', path: '/api/announcements' });
  const [first] = (body as { announcements?: { title: string; text: string }[] } | undefined)?.announcements ?? [];
  if (first !== undefined) {
    const announcement = elementOf('announcement');
    announcement.textContent = `${first.title}: ${first.text}`;
    announcement.hidden = false;
  }
}
