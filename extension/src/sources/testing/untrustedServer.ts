import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A certificate that nobody trusts, as a proxy's that opens TLS. Made for tests, and its key opens nothing. */
const untrusted = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmBzcV7jZlJNQMmlN
reEygr7BFd7jgjtoGmMpOc1dn3GhRANCAAS5T5yYXGqX74VsY+tJteaIrERD9rfg
/gKq+jBjTjGFDDEkN1ktxjdNdP+PqPEuWXL1GzRUnpQTW82JC7ORtY1j
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIULfBH9ruDnbWEsUybbQ8YagppniwwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzA3MzY1NloYDzIxMjYxMDMw
MDczNjU2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAS5T5yYXGqX74VsY+tJteaIrERD9rfg/gKq+jBjTjGFDDEkN1ktxjdN
dP+PqPEuWXL1GzRUnpQTW82JC7ORtY1jo28wbTAdBgNVHQ4EFgQUDphSfE/0Hm3m
JKPltGZvopTrppcwHwYDVR0jBBgwFoAUDphSfE/0Hm3mJKPltGZvopTrppcwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3QwCgYIKoZI
zj0EAwIDSQAwRgIhAK2pe+81Uv613d6Nql8hW8vhlpn/WNPbvb+Y71TBfuf8AiEA
7AfTX6SsUIZCHcDFrGDDdPvzQq9Wz+NYbGOUmSQ5B1o=
-----END CERTIFICATE-----`,
};

/** A server behind TLS whose certificate signs itself. */
export async function startUntrustedServer(): Promise<{ readonly endpoint: string; stop(): Promise<void> }> {
  const server = createServer(untrusted, (_, reply) => reply.end('{}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
