/// <reference lib="webworker" />

/** Filled in by the build (`scripts/offline.ts`). */
declare const __PRECACHE__: {
  /** Of all files together. */
  readonly version: string;
  /** Relative to this script. */
  readonly files: readonly string[];
  /** The Content-Security-Policy. */
  readonly policy: string;
};

// In its own file's scope `self` has a wider type.
const worker = self as unknown as ServiceWorkerGlobalScope;
const { version, files, policy } = __PRECACHE__;
const PREFIX = 'hifigan-studio-';
const CACHE = `${PREFIX}${version}`;
const scope = new URL('./', worker.location.href);
const known = new Set(files.map((name) => new URL(name, scope).href));
const page = new URL('index.html', scope).href;

worker.addEventListener('install', (event) => {
  // The host's own cache may hold files of an earlier build.
  const requests = [...known].map((url) => new Request(url, { cache: 'reload' }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
      await Promise.all(old.map((name) => caches.delete(name)));
      await worker.clients.claim();
    })(),
  );
});

worker.addEventListener('message', (event) => {
  // A newer version waits until no page uses the older one, or until the visitor wants it.
  if (event.data === 'take over') void worker.skipWaiting();
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  url.hash = '';
  url.search = '';
  if (request.method !== 'GET' || url.origin !== scope.origin) return;
  const wanted = url.href === scope.href || request.mode === 'navigate' ? page : url.href;
  if (!known.has(wanted)) return;
  event.respondWith(answer(wanted, request));
});

async function answer(url: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const found = (await cache.match(url, { ignoreVary: true })) ?? (await fetch(request));
  return isolated(found);
}

/** What a plain static host does not send: the headers that let the page have shared memory, and the policy. */
function isolated(response: Response): Response {
  if (response.status === 0 || response.type === 'opaque') return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  headers.set('Content-Security-Policy', policy);
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}
