const page = {{ html | tojson }};
const answer = () => new Response(page, {status: 503, headers: {
  'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none';style-src 'unsafe-inline'"}});
addEventListener('install', () => skipWaiting());
addEventListener('activate', event => event.waitUntil(clients.claim()));
addEventListener('fetch', event => {
  if (event.request.mode === 'navigate')
    event.respondWith(fetch(event.request).then(
      got => got.status === 502 || got.status === 504 ? answer() : got, answer));
});
