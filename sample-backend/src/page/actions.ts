import type { TracedRequest } from './tracedFetch.ts';

/** One button of the page. */
export interface Action {
  readonly id: string;
  readonly label: string;
  /** A text field beside the button. */
  readonly input?: { readonly label: string; readonly value: string };
  request(input: string): Omit<TracedRequest, 'action'>;
}

export const actions: readonly Action[] = [
  { id: 'home', label: 'Load home', request: () => ({ path: '/api/activities/home' }) },
  { id: 'profile', label: 'Profile', request: () => ({ path: '/api/activities/@juno' }) },
  { id: 'notifications', label: 'Notifications', request: () => ({ path: '/api/activities/notifications' }) },
  { id: 'messages', label: 'Messages', request: () => ({ path: '/api/messages/@juno' }) },
  {
    id: 'send',
    label: 'Send',
    input: { label: 'Message to Juno', value: 'Hello from the sample!' },
    request: (message) => ({ path: '/api/messages', method: 'POST', body: { message, user_receiver_handle: 'juno' } }),
  },
  {
    id: 'search',
    label: 'Search',
    input: { label: 'Search term', value: 'span' },
    request: (term) => ({ path: `/api/activities/search?term=${encodeURIComponent(term)}` }),
  },
  { id: 'slow', label: 'Slow request', request: () => ({ path: '/api/activities/home?delay=1500' }) },
  { id: 'failing', label: 'Failing request', request: () => ({ path: '/api/activities/@juno?fail=1' }) },
  {
    id: 'failing-notifications',
    label: 'Failing notifications',
    request: () => ({ path: '/api/activities/notifications?fail=1' }),
  },
  { id: 'rollbar', label: 'Rollbar test', request: () => ({ path: '/rollbar/test' }) },
];
