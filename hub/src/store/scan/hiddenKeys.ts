/**
 * Keys under which the index keeps words of what senders do not send as attributes, so that filters can rule out what cannot match. They
 * begin with a NUL, lest they be taken for a sender's; their values have the type `none`, which no annotation has.
 */
export const hiddenKey = { message: '\0message', userAgent: '\0user_agent', clientIp: '\0client_ip' } as const;
