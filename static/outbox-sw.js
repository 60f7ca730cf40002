// Without a signal: the offline form, as anybody sees it, and its script.
addEventListener('install', (event) => {
  skipWaiting()
  event.waitUntil(caches.open('outbox').then((kept) =>
    fetch('/kader/luring' + location.search, { credentials: 'omit', cache: 'reload' }).then((page) =>
      page.clone().text().then((html) => Promise.all([
        kept.put('/kader/luring', page), kept.add(html.match(/\/s\/outbox\.js[^"]*/)[0])
      ])))))
})
addEventListener('activate', (event) => event.waitUntil(clients.claim()))
addEventListener('fetch', (event) => {
  const asked = event.request
  if (asked.mode === 'navigate' && asked.method === 'GET') {
    event.respondWith(fetch(asked).catch(() =>
      // who stays signed in keeps the page
      /tetap$/.test(asked.url) ? new Response(null, { status: 204 }) : caches.match('/kader/luring')))
  } else if (asked.url.indexOf('/s/outbox.js') > 0) {
    event.respondWith(caches.match(asked).then((kept) => kept || fetch(asked)))
  }
})
