addEventListener('pagehide', function () { document.documentElement.hidden = true })
addEventListener('pageshow', function (shown) { if (shown.persisted) location.reload() })
if (document.querySelector('.t')) print()
if (navigator.serviceWorker) navigator.serviceWorker.register('/kios/penjaga.js', { scope: '/' }).catch(function () {})
