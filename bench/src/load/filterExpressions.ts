/** The expressions that the figure `filters` asks, of every kind: what finds most traces, few and none, over the load of a million spans. */
export const filterExpressions: readonly string[] = [
  // Keywords.
  'ok',
  'fault',
  '!ok OR partial',
  'responsetime > 0.0205',
  'duration >= 5',
  'http.status = 504',
  'http.method = "GET" AND http.url CONTAINS "/cart/checkout"',
  'http.url ENDSWITH "cursor=4711&limit=20"',
  'http.url BEGINSWITH "https://"',
  'http.useragent CONTAINS "Firefox"',
  'user',
  // One and the same request or call.
  'service("user-service")',
  'service("user-service") { fault }',
  'service("feed-service") { responsetime > 0.0177 AND http.url CONTAINS "search" }',
  'service(id(name: "localhost:4567", type: "remote")) { !ok }',
  'edge("storefront", "feed-service") { http.status = 200 }',
  'edge("feed-service", "billing")',
  // Annotations.
  'annotation[app.user.handle] = "person-17"',
  'annotation[app.user.handle] CONTAINS "son-499"',
  'annotation[http.response.status_code] > 500',
  'annotation[server.port] < 1024',
  'annotation[app.request.id] = "00000000000000000000000000000000"',
  'annotation[otel.resource.service.version] = "1.2.3" AND annotation[app.user.handle] != "person-18"',
  // Negations and words of exceptions.
  '!annotation[app.cache.key] AND !service("storefront")',
  'message CONTAINS "connection refused"',
];
