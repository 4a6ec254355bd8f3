import { setTimeout as wait } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { Router, type Request } from 'express';
import type { Pool } from 'pg';
import {
  createActivity,
  createReply,
  homeActivities,
  notificationActivities,
  readAsVersion1,
  searchActivities,
  userActivities,
} from '../data/activities.ts';
import type { ActivityWithReplies } from '../data/activities.ts';
import { currentHandle, findUser, toProfile, type Profile } from '../data/users.ts';
import { HttpError } from '../httpError.ts';
import type { Log } from '../telemetry/log.ts';
import { annotate, inSubsegment } from '../telemetry/xray.ts';
import { fieldOf, isUuid, requiredText } from './validation.ts';

const tracer = trace.getTracer('sample-backend');

/** Hours. */
const lifetimes: ReadonlyMap<unknown, number> = new Map([
  ['30-days', 720],
  ['7-days', 168],
  ['3-days', 72],
  ['1-day', 24],
  ['12-hours', 12],
  ['3-hours', 3],
  ['1-hour', 1],
]);
const maxActivityLength = 280;
const maxReplyLength = 1024;
/** Milliseconds; a request must not be able to wait for ever. */
const longestDelay = 10_000;

export function activityRoutes(pool: Pool, log: Log): Router {
  const router = Router();

  router.get('/home', async (request, response) => {
    await delayOnPurpose(request.query['delay']);
    const activities = await loadHome(pool);
    log.info(`Home feed of @${currentHandle}: ${activities.length} activities`);
    response.json(activities);
  });

  router.get('/notifications', async (request, response) => {
    const notifications = await notificationActivities(pool, currentHandle);
    log.info(`Notifications of @${currentHandle}: ${notifications.length}`);
    // The switch that makes the page raise a TypeError.
    response.json(request.query['fail'] === '1' ? readAsVersion1(notifications) : notifications);
  });

  router.get('/search', async (request, response) => {
    response.json(await searchActivities(pool, requiredText(request.query['term'], 'search_term', 100)));
  });

  router.get('/@:handle', async (request, response) => {
    const { handle } = request.params;
    annotate(request, 'handle', handle);
    const profile = await loadProfile(pool, request, handle);
    const activities = await loadActivities(pool, request, handle);
    response.json({ profile, activities });
  });

  router.post('/', async (request, response) => {
    const message = requiredText(fieldOf(request.body, 'message'), 'message', maxActivityLength);
    const lifetimeHours = lifetimeOf(fieldOf(request.body, 'ttl'));
    const activity = await createActivity(pool, { handle: currentHandle, message, lifetimeHours });
    log.info(`Activity ${activity.uuid} of @${currentHandle}, for ${lifetimeHours} hours`);
    response.status(201).json(activity);
  });

  router.post('/:uuid/reply', async (request, response) => {
    const message = requiredText(fieldOf(request.body, 'message'), 'message', maxReplyLength);
    const replyTo = request.params.uuid;
    const reply = isUuid(replyTo) ? await createReply(pool, { handle: currentHandle, message, replyTo }) : undefined;
    if (reply === undefined) {
      throw new HttpError(404, ['activity_not_found']);
    }
    response.status(201).json(reply);
  });

  return router;
}

/** A span made by hand, as an app would around work that no instrumentation knows. */
async function loadHome(pool: Pool): Promise<ActivityWithReplies[]> {
  return await tracer.startActiveSpan('home-activities-mock-data', async (span) => {
    try {
      span.setAttribute('app.now', new Date().toISOString());
      const activities = await homeActivities(pool);
      span.setAttribute('app.result_length', activities.length);
      return activities;
    } finally {
      span.end();
    }
  });
}

/** `?fail=1` is the switch that forces a 500. */
async function loadProfile(pool: Pool, request: Request, handle: string): Promise<Profile> {
  const user = await inSubsegment(request, 'UserData', async (subsegment) => {
    subsegment.addMetadata('username', handle);
    subsegment.addMetadata('timestamp', new Date().toISOString());
    return await findUser(pool, handle);
  });
  if (user === undefined) {
    throw new HttpError(404, ['user_not_found']);
  }
  return toProfile(user, request.query['fail'] === '1' ? 'version1' : 'version2');
}

async function loadActivities(pool: Pool, request: Request, handle: string) {
  return await inSubsegment(request, 'mock-data', async (subsegment) => {
    subsegment.addMetadata('now', new Date().toISOString());
    const activities = await userActivities(pool, handle);
    subsegment.addMetadata('results-size', activities.length);
    return activities;
  });
}

function lifetimeOf(ttl: unknown): number {
  const hours = lifetimes.get(ttl ?? '7-days');
  if (hours === undefined) {
    throw new HttpError(422, ['ttl_unknown']);
  }
  return hours;
}

/** `?delay=<milliseconds>` makes a request slow, and the span says where the time went. */
async function delayOnPurpose(delay: unknown): Promise<void> {
  const milliseconds = Math.min(Number(delay ?? 0), longestDelay);
  if (milliseconds > 0) {
    await tracer.startActiveSpan('delay-on-purpose', async (span) => {
      span.setAttribute('app.delay_ms', milliseconds);
      await wait(milliseconds);
      span.end();
    });
  }
}
