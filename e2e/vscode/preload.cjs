// Loaded into VS Code's server before it starts, for two routes that code-server's own front process would serve:
// the server's half of the key that encrypts secrets (without it they are lost with each page), and /proxy/<port>,
// to which asExternalUri turns a loopback address. Both ask for the connection token where there is one.
'use strict';
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');

const keyFile = process.env.SIGHTLINE_VSCODE_KEY_FILE;
const token = process.env.SIGHTLINE_VSCODE_TOKEN;
// The extension host and the terminals inherit this environment, and have no business with either.
delete process.env.SIGHTLINE_VSCODE_KEY_FILE;
delete process.env.SIGHTLINE_VSCODE_TOKEN;

if (keyFile !== undefined) {
  const createServer = http.createServer;
  http.createServer = function (options, listener) {
    if (typeof options === 'function') return createServer.call(this, {}, withRoutes(options));
    return createServer.call(this, options, listener && withRoutes(listener));
  };
  require('node:module').syncBuiltinESMExports();
}

function withRoutes(listener) {
  return function (request, response) {
    const url = new URL(request.url, 'http://127.0.0.1');
    const proxied = /^\/proxy\/(\d+)(\/.*)?$/.exec(url.pathname);
    const isKey = request.method === 'POST' && url.pathname === '/mint-key';
    if (!proxied && !isKey) {
      listener.apply(this, arguments);
    } else if (!hasToken(request, url)) {
      response.writeHead(403).end('Forbidden.');
    } else if (isKey) {
      response.end(key());
    } else {
      const location = `http://127.0.0.1:${proxied[1]}${proxied[2] ?? '/'}${url.search}`;
      response.writeHead(307, { location }).end();
    }
  };
}

function hasToken(request, url) {
  if (!token) return true;
  const cookie = /(?:^|;\s*)vscode-tkn=([^;]*)/.exec(request.headers.cookie ?? '');
  return [cookie?.[1], url.searchParams.get('tkn')].some((given) => given != null && isSame(given, token));
}

function isSame(given, wanted) {
  const digest = (text) => crypto.createHash('sha256').update(text).digest();
  return crypto.timingSafeEqual(digest(given), digest(wanted));
}

function key() {
  if (fs.existsSync(keyFile)) return fs.readFileSync(keyFile);
  const made = crypto.randomBytes(32);
  fs.writeFileSync(keyFile, made, { mode: 0o600 });
  return made;
}
