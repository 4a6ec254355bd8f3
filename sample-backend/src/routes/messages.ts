import { Router } from 'express';
import type { Pool } from 'pg';
import { conversation, createMessage, messageGroups } from '../data/messages.ts';
import { currentHandle, findUser } from '../data/users.ts';
import { HttpError } from '../httpError.ts';
import type { Log } from '../telemetry/log.ts';
import { annotate } from '../telemetry/xray.ts';
import { fieldOf, requiredText } from './validation.ts';

const maxMessageLength = 1024;

export function messageRoutes(pool: Pool, log: Log): Router {
  const router = Router();

  router.get('/message_groups', async (_request, response) => {
    response.json(await messageGroups(pool, currentHandle));
  });

  router.get('/messages/@:handle', async (request, response) => {
    const { handle } = request.params;
    annotate(request, 'handle', handle);
    if ((await findUser(pool, handle)) === undefined) {
      throw new HttpError(404, ['user_not_found']);
    }
    response.json(await conversation(pool, currentHandle, handle));
  });

  router.post('/messages', async (request, response) => {
    const message = requiredText(fieldOf(request.body, 'message'), 'message', maxMessageLength);
    const receiver = requiredText(fieldOf(request.body, 'user_receiver_handle'), 'user_receiver_handle', 50);
    annotate(request, 'handle', receiver);
    const sent = await createMessage(pool, { sender: currentHandle, receiver, message });
    if (sent === undefined) {
      throw new HttpError(404, ['user_not_found']);
    }
    log.info(`Message from @${currentHandle} to @${receiver}, ${message.length} characters`);
    response.status(201).json(sent);
  });

  return router;
}
